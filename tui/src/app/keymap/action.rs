//! What keys ask for. Which key asks for it is left to the tables of bindings, what it does to the rooms.

macro_rules! actions {
    ($($name:ident),* $(,)?) => {
        /// What a key asks for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Action { $($name),* }
        impl Action {
            /// Every action.
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];
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
    Retrieve,
    Look,
    Diff,
    Publish,
    Cancel,
    Mark,
    Range,
    MarkAll,
    NextNeed,
    PreviousNeed,
    Filter,
    PickApp,
    PickVersion,
    PickGroup,
    Refresh,
    Help,
    Back,
    Quit,
    Interrupt,
    Suspend,
    NextHunk,
    PreviousHunk,
    Accept,
    Decline,
    Switch,
    Toggle,
    ShowPatches,
    ShowSites,
    ShowActivity,
    NextTab,
    PreviousTab,
    Sort,
    AcceptDrop,
    Enrol,
    NextSite,
    PreviousSite,
    PickKind,
];

impl Action {
    /// Whether it can change something at a site or in the published table.
    pub(crate) fn changes_something(self) -> bool {
        matches!(
            self,
            Self::SendNew | Self::SendUpdate | Self::Retrieve | Self::Publish | Self::Cancel | Self::AcceptDrop | Self::Enrol
        )
    }
}
