//! The tree of the changes, and what is taken out of it.

use std::marker::PhantomData;

/// A change that a step still has to make.
#[derive(Debug)]
pub struct Pending<Change>(PhantomData<Change>);
/// Two trees of changes.
#[derive(Debug)]
pub struct Both<A, B>(PhantomData<(A, B)>);
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
    /// `Pending<..>`, or `NothingPending` where the change is made.
    type Found;
    /// The tree without it.
    type Rest;
}
impl<Change> At<Here> for Pending<Change> {
    type Found = Self;
    type Rest = NothingPending;
}
impl At<Here> for NothingPending {
    type Found = Self;
    type Rest = Self;
}
impl<Place, A: At<Place>, B> At<InFirst<Place>> for Both<A, B> {
    type Found = A::Found;
    type Rest = Both<A::Rest, B>;
}
impl<Place, A, B: At<Place>> At<InSecond<Place>> for Both<A, B> {
    type Found = B::Found;
    type Rest = Both<A, B::Rest>;
}

/// What stands at several places: `Places` is `(A, (B, ()))`.
pub trait Take<Places> {
    /// The same list of what stands there.
    type Found;
    /// The tree without them.
    type Rest;
}
impl<Tree> Take<()> for Tree {
    type Found = ();
    type Rest = Tree;
}
impl<Tree, Place, Places> Take<(Place, Places)> for Tree
where
    Tree: At<Place>,
    Tree::Rest: Take<Places>,
{
    type Found = (Tree::Found, <Tree::Rest as Take<Places>>::Found);
    type Rest = <Tree::Rest as Take<Places>>::Rest;
}

/// A change that is not made yet. `Object` is there for the message.
#[diagnostic::on_unimplemented(
    message = "the step has made this change already: `{Object}`",
    label = "made a second time",
    note = "a step makes each change once: remove this call or the earlier one"
)]
pub trait StillPending<Object> {}
#[diagnostic::do_not_recommend]
impl<Change, Object> StillPending<Object> for Pending<Change> {}

/// Several changes that are not made yet.
#[diagnostic::on_unimplemented(
    message = "the step has made this change already, or a part of it: `{Object}`",
    label = "made a second time",
    note = "a step makes each change once: remove this call or the earlier one"
)]
pub trait AllStillPending<Object> {}
impl<Object> AllStillPending<Object> for () {}
impl<Change, Others, Object> AllStillPending<Object> for (Pending<Change>, Others) where
    Others: AllStillPending<Object>
{
}

/// A tree of changes.
pub trait Tree {
    /// The summary with the changes that are still pending.
    type Into<S: Summary>: Summary;
}
impl Tree for NothingPending {
    type Into<S: Summary> = S;
}
impl<Change> Tree for Pending<Change> {
    type Into<S: Summary> = S::With<Change>;
}
impl<A: Tree, B: Tree> Tree for Both<A, B> {
    type Into<S: Summary> = B::Into<A::Into<S>>;
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
