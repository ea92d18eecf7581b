use super::{
    ItemMoved, Ordering, OrderingCommand, OrderingEvent, OrderingRejection, Section, TheOrdering,
};
use crate::kernel::decider::{Context, Decider};
use crate::kernel::limits::MAX_ORDERED_ITEMS;

impl Decider for Ordering {
    type Id = TheOrdering;
    type Command = OrderingCommand;
    type Event = OrderingEvent;
    type Rejection = OrderingRejection;
    type Premise = ();
    const CATEGORY: &'static str = "ordering";

    fn decide(
        &self,
        command: OrderingCommand,
        _: &Context,
    ) -> Result<Vec<OrderingEvent>, OrderingRejection> {
        let OrderingCommand::Move { item, to, before } = command;
        if before == Some(item) {
            return Err(OrderingRejection::BeforeItself);
        }
        if before.is_some_and(|before| !self.list(to).contains(&before)) {
            return Err(OrderingRejection::NotThere);
        }
        let (from, _) = self.place(item);
        if from == to && (to == Section::Unordered || self.behind(item) == before) {
            return Ok(vec![]);
        }
        if from != to && self.list(to).len() >= MAX_ORDERED_ITEMS {
            return Err(OrderingRejection::Full);
        }
        Ok(vec![ItemMoved { item, to, before }.into()])
    }

    /// It is of no tenant: nothing of it is judged.
    fn premise(&self) {}

    fn evolve(mut self, event: &OrderingEvent) -> Self {
        let OrderingEvent::Moved(moved) = event;
        for list in [&mut self.beginning, &mut self.end] {
            list.retain(|item| *item != moved.item);
        }
        let list = match moved.to {
            Section::Beginning => &mut self.beginning,
            Section::Unordered => return self,
            Section::End => &mut self.end,
        };
        let before = list.iter().position(|item| Some(*item) == moved.before);
        list.insert(before.unwrap_or(list.len()), moved.item);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::harness::{given, id, nothing};
    use crate::kernel::ids::SoftwareId;
    use crate::rules::deployment::{Enforcement, MaintenanceItem};

    fn item(n: u128) -> MaintenanceItem {
        MaintenanceItem::Software(SoftwareId(id(n)))
    }

    fn to(item_: u128, to: Section, before: Option<u128>) -> OrderingCommand {
        OrderingCommand::Move {
            item: item(item_),
            to,
            before: before.map(item),
        }
    }

    fn moved(item_: u128, to: Section, before: Option<u128>) -> OrderingEvent {
        ItemMoved {
            item: item(item_),
            to,
            before: before.map(item),
        }
        .into()
    }

    use Section::{Beginning, End, Unordered};

    fn after(events: impl IntoIterator<Item = OrderingEvent>) -> [Vec<MaintenanceItem>; 2] {
        let ordering = events
            .into_iter()
            .fold(Ordering::default(), |state, event| state.evolve(&event));
        [ordering.beginning, ordering.end]
    }

    #[test]
    fn an_item_is_put_before_another_one_or_behind_all() {
        nothing::<Ordering>()
            .when(to(1, Beginning, None))
            .then([moved(1, Beginning, None)]);
        let begun = [moved(1, Beginning, None), moved(2, Beginning, None)];
        given::<Ordering>(begun.clone())
            .when(to(3, Beginning, Some(2)))
            .then([moved(3, Beginning, Some(2))]);
        let all = begun.into_iter().chain([moved(3, Beginning, Some(2))]);
        assert_eq!(after(all), [vec![item(1), item(3), item(2)], vec![]]);
    }

    #[test]
    fn an_item_stands_in_one_place_only() {
        let history = [
            moved(1, Beginning, None),
            moved(2, Beginning, None),
            moved(1, End, None),
            moved(2, Beginning, None),
            moved(3, End, Some(1)),
        ];
        assert_eq!(
            after(history.clone()),
            [vec![item(2)], vec![item(3), item(1)]]
        );
        let gone = history.into_iter().chain([moved(1, Unordered, None)]);
        assert_eq!(after(gone), [vec![item(2)], vec![item(3)]]);
    }

    #[test]
    fn moving_something_where_it_is_changes_nothing() {
        let begun = || [moved(1, Beginning, None), moved(2, Beginning, None)];
        given::<Ordering>(begun())
            .when(to(1, Beginning, Some(2)))
            .then_nothing();
        given::<Ordering>(begun())
            .when(to(2, Beginning, None))
            .then_nothing();
        given::<Ordering>(begun())
            .when(to(1, Beginning, None))
            .then([moved(1, Beginning, None)]);
        given::<Ordering>(begun())
            .when(to(9, Unordered, None))
            .then_nothing();
    }

    #[test]
    fn it_comes_before_what_is_there_and_not_before_itself() {
        given::<Ordering>([moved(1, Beginning, None)])
            .when(to(2, End, Some(1)))
            .then_rejected(OrderingRejection::NotThere);
        given::<Ordering>([moved(1, Beginning, None)])
            .when(to(2, Unordered, Some(1)))
            .then_rejected(OrderingRejection::NotThere);
        given::<Ordering>([moved(1, Beginning, None)])
            .when(to(1, Beginning, Some(1)))
            .then_rejected(OrderingRejection::BeforeItself);
    }

    #[test]
    fn winners_are_executed_onboarding_first_then_as_they_are_ordered() {
        let required = |n| (item(n), Enforcement::Required);
        let mut winners = [1, 2, 3, 4, 5].map(required).to_vec();
        winners.extend([6, 7].map(|n| (item(n), Enforcement::Onboarding)));
        let history = [
            moved(1, End, None),
            moved(3, End, Some(1)),
            moved(5, Beginning, None),
            moved(4, Beginning, Some(5)),
            moved(7, Beginning, Some(4)),
        ];
        let ordering = history.iter().fold(Ordering::default(), Ordering::evolve);
        winners.sort_by_key(|(item, enforcement)| ordering.turn(*item, *enforcement));
        let order: Vec<_> = winners.into_iter().map(|(item, _)| item).collect();
        assert_eq!(order, [7, 6, 4, 5, 2, 3, 1].map(item));
    }

    #[test]
    fn a_section_has_so_many_items_and_no_more() {
        let full = (0..MAX_ORDERED_ITEMS).map(|n| moved(n as u128, End, None));
        let full: Vec<_> = full.collect();
        given::<Ordering>(full.clone())
            .when(to(9_999, End, None))
            .then_rejected(OrderingRejection::Full);
        given::<Ordering>(full)
            .when(to(0, End, None))
            .then([moved(0, End, None)]);
    }
}
