//! The tree of the changes, and what is taken out of it.

use std::marker::PhantomData;

/// A change that a step still has to make.
#[derive(Debug)]
pub struct PendingChange<Change>(PhantomData<Change>);
/// Two trees of changes.
#[derive(Debug)]
pub struct PendingBoth<A, B>(PhantomData<(A, B)>);
/// No change, or one that is made.
#[derive(Debug)]
pub struct NothingPending;

/// The place of a change: the tree is the change itself.
#[derive(Debug)]
pub struct Here;
/// A place in the first of two trees.
#[derive(Debug)]
pub struct InFirst<Place>(PhantomData<Place>);
/// A place in the second of two trees.
#[derive(Debug)]
pub struct InSecond<Place>(PhantomData<Place>);

/// What stands at a place of a tree. The generator knows the places, so rustc does not search.
pub trait At<Place> {
    /// `PendingChange<..>`, or `NothingPending` where the change is made.
    type Found: Found;
    /// The tree without it.
    type Rest: Tree;
}
impl<Change> At<Here> for PendingChange<Change> {
    type Found = Self;
    type Rest = NothingPending;
}
/// Of any place: two trees with nothing pending are one.
impl<Place> At<Place> for NothingPending {
    type Found = Self;
    type Rest = Self;
}
impl<Place, A: At<Place>, B: Tree> At<InFirst<Place>> for PendingBoth<A, B> {
    type Found = A::Found;
    type Rest = <A::Rest as Tree>::Before<B>;
}
impl<Place, A: Tree, B: At<Place>> At<InSecond<Place>> for PendingBoth<A, B> {
    type Found = B::Found;
    type Rest = A::Before<B::Rest>;
}

/// What stands at several places: `Places` is `(A, (B, ()))`.
pub trait Take<Places> {
    /// `PendingChange<..>`, or `NothingPending` where one of the changes is made.
    type Found;
    /// The tree without them.
    type Rest;
}
impl<Tree> Take<()> for Tree {
    type Found = PendingChange<()>;
    type Rest = Tree;
}
impl<Tree, Place, Places> Take<(Place, Places)> for Tree
where
    Tree: At<Place>,
    Tree::Rest: Take<Places>,
{
    type Found = <Tree::Found as Found>::And<<Tree::Rest as Take<Places>>::Found>;
    type Rest = <Tree::Rest as Take<Places>>::Rest;
}

/// What stands at a place.
pub trait Found {
    /// The other one too.
    type And<Other>;
}
impl<Change> Found for PendingChange<Change> {
    type And<Other> = Other;
}
impl Found for NothingPending {
    type And<Other> = Self;
}

/// A change that is not made yet. `Object` is there for the message.
#[diagnostic::on_unimplemented(
    message = "the step has made this change already: `{Object}`",
    label = "made a second time",
    note = "a step makes each change once: remove this call or the earlier one"
)]
pub trait StillPending<Object> {}
#[diagnostic::do_not_recommend]
impl<Change, Object> StillPending<Object> for PendingChange<Change> {}

/// A tree of changes.
///
/// Two trees with nothing pending are one: the type of a step gets shorter with each change that is
/// made, for the messages that show it.
pub trait Tree {
    /// The summary with the changes that are still pending.
    type Into<S: Summary>: Summary;
    /// This tree and then another one.
    type Before<B: Tree>: Tree;
    /// Nothing and then this tree.
    type AfterNothing: Tree;
}
impl Tree for NothingPending {
    type Into<S: Summary> = S;
    type Before<B: Tree> = B::AfterNothing;
    type AfterNothing = Self;
}
impl<Change> Tree for PendingChange<Change> {
    type Into<S: Summary> = S::With<Change>;
    type Before<B: Tree> = PendingBoth<Self, B>;
    type AfterNothing = PendingBoth<NothingPending, Self>;
}
impl<A: Tree, B: Tree> Tree for PendingBoth<A, B> {
    type Into<S: Summary> = B::Into<A::Into<S>>;
    type Before<C: Tree> = PendingBoth<Self, C>;
    type AfterNothing = PendingBoth<NothingPending, Self>;
}

/// The first three pending changes: as many as `done` reports at once.
pub trait Summary {
    /// The summary with one more change.
    type With<Change>: Summary;
    /// The first change, [`NoChange`] where there is none.
    type First;
    /// The second change.
    type Second;
    /// The third change.
    type Third;
}
/// A summary of changes.
#[derive(Debug)]
pub struct UpToThree<A, B, C>(PhantomData<(A, B, C)>);
/// The absence of a change.
#[derive(Debug)]
pub struct NoChange;
/// The presence of a change in a summary.
#[derive(Debug)]
pub struct One<Change>(PhantomData<Change>);

impl Summary for UpToThree<NoChange, NoChange, NoChange> {
    type With<Change> = UpToThree<One<Change>, NoChange, NoChange>;
    type First = NoChange;
    type Second = NoChange;
    type Third = NoChange;
}
impl<A> Summary for UpToThree<One<A>, NoChange, NoChange> {
    type With<Change> = UpToThree<One<A>, One<Change>, NoChange>;
    type First = A;
    type Second = NoChange;
    type Third = NoChange;
}
impl<A, B> Summary for UpToThree<One<A>, One<B>, NoChange> {
    type With<Change> = UpToThree<One<A>, One<B>, One<Change>>;
    type First = A;
    type Second = B;
    type Third = NoChange;
}
impl<A, B, C> Summary for UpToThree<One<A>, One<B>, One<C>> {
    type With<Change> = Self;
    type First = A;
    type Second = B;
    type Third = C;
}

type SummaryOf<Changes> = <Changes as Tree>::Into<UpToThree<NoChange, NoChange, NoChange>>;
/// The first change that is still pending.
pub type FirstPending<Changes> = <SummaryOf<Changes> as Summary>::First;
/// The second change that is still pending.
pub type SecondPending<Changes> = <SummaryOf<Changes> as Summary>::Second;
/// The third change that is still pending.
pub type ThirdPending<Changes> = <SummaryOf<Changes> as Summary>::Third;
