//! What keys ask for. Which key asks for it is left to the tables of bindings, what it does to the rooms.

macro_rules! actions {
    ($($name:ident),* $(,)?) => {
        /// What a key asks for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Action { $($name),* }
        impl Action {
            /// Every action.
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name in settings: `send-new`.
            pub(crate) fn name(self) -> String {
                let name = match self { $(Self::$name => stringify!($name)),* };
                super::kebab(name)
            }
        }
    };
}

actions![
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    HalfUp,
    HalfDown,
    Top,
    Bottom,
    First,
    Last,
    Open,
    SendNew,
    SendUpdate,
    RunHook,
    Retrieve,
    Look,
    Diff,
    Publish,
    Cancel,
    Mark,
    Range,
    MarkAll,
    Invert,
    MarkSite,
    Remove,
    Undo,
    Jobs,
    Messages,
    Skip,
    NextNeed,
    PreviousNeed,
    Filter,
    PickApp,
    PickVersion,
    PickGroup,
    Refresh,
    Redraw,
    Help,
    Back,
    Quit,
    Interrupt,
    Suspend,
    NextHunk,
    PreviousHunk,
    NextChange,
    PreviousChange,
    Merge,
    TakePublished,
    TakeSite,
    TakeBoth,
    Edit,
    Undecide,
    Finish,
    Split,
    Spaces,
    Numbers,
    Unfold,
    UnfoldAll,
    Search,
    NextFound,
    PreviousFound,
    History,
    Accept,
    Decline,
    Switch,
    Toggle,
    ShowPatches,
    ShowSites,
    ShowAlerts,
    ShowErrors,
    ShowActivity,
    NextTab,
    PreviousTab,
    Sort,
    AcceptDrop,
    Enrol,
    NextSite,
    PreviousSite,
    PickKind,
    Acknowledge,
    Snooze,
    AskState,
    Ask,
    Commands,
    Fix,
    Mute,
    ToPatch,
    NextError,
    PreviousError,
    ErrorsSince,
    Palette,
    CopyMenu,
    OpenIssue,
];

impl Action {
    /// The action of a name in settings.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.name() == name)
    }

    /// Whether it only moves: of little use in a list of what can be done.
    pub(crate) fn moves(self) -> bool {
        matches!(
            self,
            Self::Up
                | Self::Down
                | Self::Left
                | Self::Right
                | Self::PageUp
                | Self::PageDown
                | Self::HalfUp
                | Self::HalfDown
                | Self::Top
                | Self::Bottom
                | Self::First
                | Self::Last
        )
    }

    /// Whether it asks the server wherever it is bound.
    pub(crate) const fn asks(self) -> bool {
        matches!(
            self,
            Self::SendNew
                | Self::SendUpdate
                | Self::RunHook
                | Self::Retrieve
                | Self::Publish
                | Self::Cancel
                | Self::Remove
                | Self::Undo
                | Self::Diff
                | Self::Look
                | Self::Merge
                | Self::History
                | Self::AcceptDrop
                | Self::Enrol
        )
    }

    /// Whether it can change something at a site or in the published table.
    pub(crate) fn changes_something(self) -> bool {
        matches!(
            self,
            Self::SendNew
                | Self::SendUpdate
                | Self::RunHook
                | Self::Retrieve
                | Self::Publish
                | Self::Cancel
                | Self::AcceptDrop
                | Self::Enrol
        )
    }
}
