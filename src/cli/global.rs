use crate::model::Confidence;
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::str::FromStr;

/// Flags that mean the same with every command.
#[derive(Args, Debug)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// Form of what goes to stdout [default: human]
    #[arg(short, long, global = true, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,

    /// Write a file too, as sarif=PATH; any number of times. `-` is stdout
    #[arg(short, long = "output", global = true, value_name = "FORMAT=PATH")]
    pub outputs: Vec<Output>,

    /// Report findings of this confidence or better [default: medium]
    #[arg(long, global = true, value_enum, value_name = "CONFIDENCE")]
    pub min_confidence: Option<Confidence>,

    /// No network at all; also CFLEAK_OFFLINE=1
    #[arg(long, global = true)]
    pub offline: bool,

    /// Which findings to check live; `high` means certain and high [default: high]
    #[arg(long, global = true, value_enum, value_name = "SCOPE")]
    pub verify: Option<VerifyScope>,

    /// Where the Cloudflare API is [default: https://api.cloudflare.com/client/v4]
    #[arg(long, global = true, value_name = "URL")]
    pub api_base: Option<String>,

    /// A host besides Cloudflare's and this machine's that may receive found credentials; any number of times
    #[arg(long, global = true, value_name = "HOST")]
    pub allow_api_host: Vec<String>,

    /// Show values in full: the only way to see one
    #[arg(long, global = true)]
    pub show_secrets: bool,

    /// Threads to use; 0 means one a core [default: 0]
    #[arg(short = 'j', long, global = true, value_name = "N")]
    pub threads: Option<usize>,

    /// Use this configuration file
    #[arg(long, global = true, value_name = "PATH", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,

    /// Use no configuration file
    #[arg(long, global = true)]
    pub no_config: bool,

    /// Say nothing but results and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say more: every place, every skip
    #[arg(short, long, global = true)]
    pub verbose: bool,

    /// Tell on stderr what is being done
    #[arg(long, global = true)]
    pub debug: bool,

    /// Colours; NO_COLOR=1 means never
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = When::Auto)]
    pub color: When,

    /// Progress on stderr
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = When::Auto)]
    pub progress: When,

    /// Exit with 0 where 1, 3 or 4 would tell of findings or gaps
    #[arg(long, global = true)]
    pub exit_zero: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum VerifyScope {
    All,
    High,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Human,
    Json,
    Jsonl,
    Sarif,
    Csv,
    Html,
    Markdown,
    Junit,
    Gitlab,
}

/// `FORMAT=PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    pub format: Format,
    pub path: PathBuf,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = text.split_once('=').ok_or("expected FORMAT=PATH, like sarif=cfleak.sarif")?;
        if path.is_empty() {
            return Err("the path after `=` is empty".to_owned());
        }
        let format = Format::from_str(format, false).map_err(|_| {
            let known: Vec<String> = Format::value_variants()
                .iter()
                .filter_map(|format| format.to_possible_value())
                .map(|value| value.get_name().to_owned())
                .collect();
            format!("no format `{format}`; there are {}", known.join(", "))
        })?;
        Ok(Output { format, path: path.into() })
    }
}

impl ValueEnum for Confidence {
    fn value_variants<'a>() -> &'a [Self] {
        &[Confidence::Certain, Confidence::High, Confidence::Medium, Confidence::Low]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()))
    }
}
