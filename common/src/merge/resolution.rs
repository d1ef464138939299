//! What a person decided, region by region, and the content that comes of it.

use super::lines::{End, is_ended};
use super::{Kind, Merge, Region, Side};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What becomes of a region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The published lines.
    Published,
    /// The site's lines.
    Site,
    /// The published lines, then the site's.
    Both,
    /// These bytes, which a person wrote; in JSON as base64.
    Edited(#[serde(serialize_with = "to_base64", deserialize_with = "from_base64")] Vec<u8>),
}

/// A choice with the region that it was made for: what is kept of a resolution that was left half way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The region as it was.
    pub region: Region,
    /// What was chosen.
    pub choice: Choice,
}

/// The choices made for one merge. Conflicts begin undecided; in all other regions what was changed is taken unless a person
/// says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    is_text: bool,
    chosen: Vec<Option<Choice>>,
}

impl Resolution {
    /// Nothing decided.
    pub fn new(merge: &Merge) -> Self {
        Self { is_text: merge.is_text(), chosen: vec![None; merge.regions().len()] }
    }

    /// Takes up decisions that were kept. Those for regions that aren't there any more are left out.
    pub fn resume(merge: &Merge, kept: Vec<Decision>) -> Self {
        let mut resolution = Self::new(merge);
        for Decision { region, choice } in kept {
            if let Some(place) = merge.regions().iter().position(|one| *one == region) {
                resolution.choose(place, Some(choice));
            }
        }
        resolution
    }

    /// What is to be kept, so that [`Resolution::resume`] gives the same again.
    pub fn decisions(&self, merge: &Merge) -> Vec<Decision> {
        let regions = merge.regions().iter().zip(&self.chosen);
        regions.filter_map(|(region, choice)| Some(Decision { region: region.clone(), choice: choice.clone()? })).collect()
    }

    /// Decides a region; `None` takes the decision back. A region that isn't there is left alone, and so is one that isn't text when
    /// the choice is neither side.
    pub fn choose(&mut self, region: usize, choice: Option<Choice>) {
        if !self.is_text && matches!(choice, Some(Choice::Both | Choice::Edited(_))) {
            return;
        }
        if let Some(chosen) = self.chosen.get_mut(region) {
            *chosen = choice;
        }
    }

    /// What a person chose for a region.
    pub fn choice(&self, region: usize) -> Option<&Choice> {
        self.chosen.get(region).and_then(Option::as_ref)
    }

    /// Whether a region needs no decision any more.
    pub fn is_decided(&self, merge: &Merge, region: usize) -> bool {
        self.choice(region).is_some() || merge.regions().get(region).is_none_or(|region| region.kind != Kind::Conflict)
    }

    /// How many conflicts are decided.
    pub fn decided(&self, merge: &Merge) -> usize {
        merge.conflicts().filter(|place| self.choice(*place).is_some()).count()
    }

    /// The bytes of one region as it is decided; `None`: undecided.
    pub fn part(&self, merge: &Merge, place: usize) -> Option<Vec<u8>> {
        let region = merge.regions().get(place)?;
        let side = |side| merge.part(region, side).to_vec();
        Some(match (self.choice(place), region.kind) {
            (Some(Choice::Edited(bytes)), _) => bytes.clone(),
            (Some(Choice::Both), _) => {
                let mut both = Joined::new(merge);
                both.push(merge.part(region, Side::Published));
                both.push(merge.part(region, Side::Site));
                both.bytes
            }
            (Some(Choice::Published), _) | (None, Kind::Same | Kind::Published | Kind::Alike) => side(Side::Published),
            (Some(Choice::Site), _) | (None, Kind::Site) => side(Side::Site),
            (None, Kind::Conflict) => return None,
        })
    }

    /// The merged content, once every conflict is decided.
    pub fn bytes(&self, merge: &Merge) -> Option<Vec<u8>> {
        let mut result = Joined::new(merge);
        for place in 0..merge.regions().len() {
            result.push(&self.part(merge, place)?);
        }
        Some(result.bytes)
    }
}

/// Pieces one after another, so that two lines never become one.
struct Joined {
    bytes: Vec<u8>,
    end: End,
}

impl Joined {
    fn new(merge: &Merge) -> Self {
        let inputs = [Side::Published, Side::Site, Side::Base];
        let end = inputs.into_iter().find_map(|side| End::first_of(merge.input(side).bytes()));
        Self { bytes: Vec::new(), end: end.unwrap_or(End::Lf) }
    }

    fn push(&mut self, piece: &[u8]) {
        let mut piece = piece;
        if !piece.is_empty() && !is_ended(&self.bytes) {
            // The last line of one content, and a line of the other behind it.
            self.bytes.extend(self.end.bytes());
        } else if self.bytes.last() == Some(&b'\r') && piece.first() == Some(&b'\n') {
            // A line that ends in CR and an empty one that ends in LF would read as one that ends in CR LF.
            self.bytes.push(b'\r');
            piece = &piece[1..];
        }
        self.bytes.extend(piece);
    }
}

fn to_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&BASE64.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    BASE64.decode(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}
