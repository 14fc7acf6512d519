//! Random histories: deliveries that race, repeat, crash between any two effects and lose replies, against a provider
//! that keeps intents as the real one does. Whatever happens, nobody is charged twice or too much, and once the
//! messages are dealt with nothing stays reserved that should not.

use proptest::prelude::*;

use super::tests::{action, attempt, eur, expires_at, now, request, settle, total};
use super::*;

/// What the bank says to a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bank {
    Approves,
    Declines,
    WantsApproval,
}

/// An intent as the provider keeps it; amounts in cents.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Intent {
    Unconfirmed,
    NeedsAction,
    Reserved,
    Failed,
    Canceled,
    Captured(i64),
}

/// Where a delivery has got to: between any two steps others may act, and it may crash.
#[derive(Debug, Clone)]
enum Step {
    Start,
    Ask(ProviderRequest),
    Apply(Command),
    Commit {
        command: Command,
        version: u64,
        decision: Box<Decision>,
    },
    Done,
}

#[derive(Debug, Clone)]
struct Delivery {
    command: Command,
    step: Step,
}

struct Simulation {
    bank: Bank,
    intents: Vec<Intent>,
    state: Option<State>,
    version: u64,
    published: Vec<Event>,
    deliveries: Vec<Delivery>,
}

impl Simulation {
    fn new(bank: Bank, commands: Vec<Command>) -> Self {
        let deliveries = commands
            .into_iter()
            .map(|command| Delivery {
                command,
                step: Step::Start,
            })
            .collect();
        Self {
            bank,
            intents: vec![],
            state: None,
            version: 0,
            published: vec![],
            deliveries,
        }
    }

    fn intent(&mut self, id: &IntentId) -> &mut Intent {
        let index: usize = id.as_str().trim_start_matches("pi_").parse().unwrap();
        &mut self.intents[index]
    }

    fn observe(&mut self, id: &IntentId, void_reason: VoidReason) -> Command {
        let status = match self.intent(id) {
            Intent::Unconfirmed => IntentStatus::Unconfirmed,
            Intent::NeedsAction => IntentStatus::NeedsAction(action()),
            Intent::Reserved => IntentStatus::Reserved {
                amount: total(),
                expires_at: expires_at(),
            },
            Intent::Failed => IntentStatus::Failed {
                reason: "card_declined".to_owned(),
            },
            Intent::Canceled => IntentStatus::Canceled,
            Intent::Captured(amount) => IntentStatus::Captured { amount: eur(*amount) },
        };
        Command::Observe(Observation {
            intent: id.clone(),
            status,
            void_reason,
        })
    }

    /// The provider's side of an ask. It refuses what the intent's state does not allow, and shows the intent.
    fn perform(&mut self, ask: &ProviderRequest) -> Command {
        match ask {
            ProviderRequest::Prepare { .. } => {
                self.intents.push(Intent::Unconfirmed);
                let intent = IntentId::new(format!("pi_{}", self.intents.len() - 1));
                Command::Prepare(Attempt { intent, ..attempt() })
            }
            ProviderRequest::Confirm(id) => {
                let bank = self.bank;
                let intent = self.intent(id);
                if *intent == Intent::Unconfirmed {
                    *intent = match bank {
                        Bank::Approves => Intent::Reserved,
                        Bank::Declines => Intent::Failed,
                        Bank::WantsApproval => Intent::NeedsAction,
                    };
                }
                self.observe(id, VoidReason::OrderEnded)
            }
            ProviderRequest::Look(id) => self.observe(id, VoidReason::OrderEnded),
            ProviderRequest::Cancel { intent: id, reason } => {
                let intent = self.intent(id);
                if !matches!(intent, Intent::Captured(_)) {
                    *intent = Intent::Canceled;
                }
                self.observe(id, *reason)
            }
            ProviderRequest::Capture { intent: id, amount } => {
                let intent = self.intent(id);
                if *intent == Intent::Reserved {
                    *intent = Intent::Captured(amount.amount());
                }
                self.observe(id, VoidReason::OrderEnded)
            }
        }
    }

    /// One step of one delivery. `fault`: it crashes after the step's effect, and the message comes back.
    fn advance(&mut self, index: usize, fault: bool) {
        let delivery = self.deliveries[index].clone();
        let next = match delivery.step {
            Step::Start => self.decide(delivery.command, true),
            Step::Ask(ask) => Step::Apply(self.perform(&ask)),
            Step::Apply(result) => self.decide(result, false),
            Step::Commit {
                command,
                version,
                decision,
            } => self.commit(command, version, *decision),
            Step::Done => Step::Done,
        };
        let crashed = fault && !matches!(next, Step::Done);
        self.deliveries[index].step = if crashed { Step::Start } else { next };
        self.check();
    }

    /// `own`: it is the delivery's own command, not the provider's answer to an ask.
    fn decide(&self, command: Command, own: bool) -> Step {
        match decide(self.state.as_ref(), &command) {
            // Too late to charge: parked, for a person to look.
            Ok(Decision::Nothing) | Err(Rejection::NothingReserved { .. }) if own => Step::Done,
            Ok(Decision::Ask(ask)) => Step::Ask(ask),
            Ok(decision @ Decision::Become { .. }) => Step::Commit {
                command,
                version: self.version,
                decision: Box::new(decision),
            },
            Err(rejection) if own && !matches!(rejection, Rejection::Premature { .. }) => {
                panic!("{rejection} at {command:?} in {:?}", self.state)
            }
            // It came early; or an old answer is no news or contradicts what has been recorded since, and then the
            // command itself decides.
            Ok(Decision::Nothing) | Err(_) => Step::Start,
        }
    }

    /// The conditional write: if somebody else was faster, the command is decided again.
    fn commit(&mut self, command: Command, version: u64, decision: Decision) -> Step {
        if version != self.version {
            return Step::Apply(command);
        }
        if let Decision::Become { state, event } = decision {
            self.state = Some(state);
            self.version += 1;
            self.published.extend(event);
        }
        Step::Start
    }

    /// What must hold at every moment.
    fn check(&self) {
        let captured: Vec<i64> = self
            .intents
            .iter()
            .filter_map(|intent| {
                if let Intent::Captured(amount) = intent {
                    Some(*amount)
                } else {
                    None
                }
            })
            .collect();
        assert!(captured.len() <= 1, "charged twice: {captured:?}");
        assert!(captured.iter().sum::<i64>() <= total().amount());
        let holding = self
            .intents
            .iter()
            .filter(|intent| matches!(intent, Intent::Reserved | Intent::Captured(_)));
        assert!(holding.count() <= 1, "reserved twice: {:?}", self.intents);
        if let Some(State::Captured { captured, total, .. }) = &self.state {
            assert!(captured.amount() <= total.amount());
        }
        let ends = self.published.iter().filter(|event| {
            matches!(
                event,
                Event::Declined { .. } | Event::Captured { .. } | Event::Voided { .. }
            )
        });
        assert!(ends.count() <= 1, "ended twice: {:?}", self.published);
    }

    /// Lets every message be dealt with, as queues do in the end.
    fn settle_down(&mut self) {
        for _ in 0..50 {
            for index in 0..self.deliveries.len() {
                for _ in 0..10 {
                    self.advance(index, false);
                }
            }
        }
    }

    fn deliver(&mut self, command: Command) {
        self.deliveries.push(Delivery {
            command,
            step: Step::Start,
        });
    }

    fn holds_money(&self) -> bool {
        self.intents.contains(&Intent::Reserved)
    }
}

fn bank() -> impl Strategy<Value = Bank> {
    prop_oneof![Just(Bank::Approves), Just(Bank::Declines), Just(Bank::WantsApproval)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn an_order_that_ends_unpaid_holds_nothing(
        bank in bank(),
        steps in prop::collection::vec((0_usize..5, prop::bool::weighted(0.2), prop::bool::weighted(0.05)), 0..60),
    ) {
        // Every message twice, in any order, and the timer that looks after a stalled payment.
        let commands = vec![request(), settle(0), request(), settle(0), Command::Check];
        let mut simulation = Simulation::new(bank, commands);
        for (index, fault, approves) in steps {
            if approves {
                // The customer approves at the bank, whenever.
                for intent in &mut simulation.intents {
                    if *intent == Intent::NeedsAction {
                        *intent = Intent::Reserved;
                    }
                }
            }
            simulation.advance(index, fault);
        }
        simulation.settle_down();
        prop_assert!(!simulation.holds_money(), "{:?}", simulation.intents);
        prop_assert!(!simulation.intents.iter().any(|intent| matches!(intent, Intent::Captured(_))));
        let state = simulation.state.as_ref().map(State::name);
        prop_assert!(matches!(state, Some("voided" | "declined")), "{state:?}");
        prop_assert!(simulation.deliveries.iter().all(|delivery| matches!(delivery.step, Step::Done)));
    }

    #[test]
    fn an_order_that_ends_paid_is_charged_once_and_what_it_costs(
        charge in 1_i64..=2890,
        steps in prop::collection::vec((0_usize..5, prop::bool::weighted(0.2)), 0..80),
    ) {
        let mut simulation = Simulation::new(Bank::Approves, vec![request(), request(), Command::Check]);
        for (index, fault) in steps {
            // The order can only go on once it hears that its money is reserved.
            if index >= 3 && simulation.deliveries.len() == 3 && !simulation.published.is_empty() {
                simulation.deliver(settle(charge));
                simulation.deliver(settle(charge));
            }
            if index < simulation.deliveries.len() {
                simulation.advance(index, fault);
            }
        }
        simulation.settle_down();
        if simulation.deliveries.len() == 3 {
            simulation.deliver(settle(charge));
            simulation.settle_down();
        }
        prop_assert!(!simulation.holds_money());
        let captured = simulation.intents.iter().filter(|intent| **intent == Intent::Captured(charge));
        prop_assert_eq!(captured.count(), 1);
        let authorized = Event::Authorized { amount: total(), expires_at: expires_at() };
        let decided = Event::Settling { charge: eur(charge), tries: 0, retry_at: State::next_try(0, now()) };
        prop_assert_eq!(&simulation.published, &[authorized, decided, Event::Captured { amount: eur(charge) }]);
        prop_assert!(simulation.deliveries.iter().all(|delivery| matches!(delivery.step, Step::Done)));
    }

    #[test]
    fn expiry_races_the_charge_and_one_wins(
        steps in prop::collection::vec((0_usize..4, prop::bool::weighted(0.2)), 0..60),
    ) {
        let mut simulation = Simulation::new(Bank::Approves, vec![request()]);
        simulation.settle_down();
        for command in [Command::Expire { now: expires_at() }, Command::Expire { now: expires_at() }, settle(2890)] {
            simulation.deliver(command);
        }
        for (index, fault) in steps {
            simulation.advance(index, fault);
        }
        simulation.settle_down();
        prop_assert!(!simulation.holds_money());
        let state = simulation.state.as_ref().map(State::name);
        prop_assert_eq!(state == Some("captured"), simulation.intents == [Intent::Captured(total().amount())]);
        prop_assert_eq!(state == Some("voided"), simulation.intents == [Intent::Canceled]);
    }
}
