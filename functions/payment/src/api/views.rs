//! What the API shows: bodies of answers.

use kernel::{Money, OrderId, PaymentId, PaymentMethodId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes;
use crate::domain::{NextAction, State};
use crate::publish::order_of;
use crate::store::MethodRecord;

/// A saved card.
#[expect(clippy::struct_field_names, reason = "the names are the API's")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentMethod {
    /// Its id: what an order is placed with.
    pub payment_method_id: PaymentMethodId,
    /// Such as `visa`.
    #[schema(value_type = shapes::CardBrand)]
    pub brand: String,
    /// The last four digits.
    #[schema(value_type = shapes::LastFour)]
    pub last4: String,
    /// The last month in which it is valid.
    #[schema(value_type = shapes::CardExpiry)]
    pub expires: String,
    /// Since when it is saved.
    pub created_at: Timestamp,
}

impl From<MethodRecord> for PaymentMethod {
    fn from(record: MethodRecord) -> Self {
        Self {
            payment_method_id: record.payment_method_id,
            brand: record.brand,
            last4: record.last4,
            expires: format!("{:04}-{:02}", record.exp_year, record.exp_month),
            created_at: record.created_at,
        }
    }
}

/// The payment of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentView {
    /// The payment.
    pub payment_id: PaymentId,
    /// What for.
    pub order_id: OrderId,
    /// How it stands.
    pub state: PaymentState,
    /// The most that may ever be charged.
    pub total: Money,
    /// What was reserved: of a payment that was voided, nothing any more.
    pub authorized: Money,
    /// What was charged.
    pub captured: Money,
    /// What was given back.
    pub refunded: Money,
    /// What it is paid with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<CardView>,
    /// What the customer must do at the bank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_action: Option<NextActionView>,
    /// Until when the money stays reserved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorized_until: Option<Timestamp>,
    /// Why it was declined (the provider's code) or voided (`order_ended`, `authorization_expired`, `released_elsewhere`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<shapes::Reason>)]
    pub reason: Option<String>,
}

/// The states that clients see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// The bank is being asked.
    Authorizing,
    /// The customer must approve it: see `next_action`.
    ActionRequired,
    /// The money is reserved.
    Authorized,
    /// The order has ended: the money is being taken.
    Capturing,
    /// The order has ended: the money is being released.
    Releasing,
    /// The bank said no.
    Declined,
    /// The customer was charged.
    Captured,
    /// Nothing is reserved any more and nothing was charged.
    Voided,
}

/// A card, as far as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CardView {
    /// Such as `visa`.
    #[schema(value_type = shapes::CardBrand)]
    pub brand: String,
    /// The last four digits.
    #[schema(value_type = shapes::LastFour)]
    pub last4: String,
}

/// What the customer must do at the bank (3-D Secure).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum NextActionView {
    /// Open a page.
    Redirect {
        /// The bank's page.
        #[schema(format = "uri", example = "https://bank.example/approve")]
        url: String,
    },
    /// Hand the secret to the provider's library, which shows the bank's page.
    ProviderSdk {
        /// What the library asks for.
        #[schema(value_type = shapes::ClientSecret)]
        client_secret: String,
    },
}

/// Whom a payment is shown to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// Whose money it is.
    Customer,
    /// Who helps; the approval is not theirs to give.
    Operator,
}

impl PaymentView {
    /// Shows a payment; nothing if all that is known is that its order ended.
    pub fn of(payment_id: PaymentId, state: &State, viewer: Viewer) -> Option<Self> {
        let total = state.total()?;
        let nothing = Money::zero(total.currency());
        let mut view = Self {
            payment_id,
            order_id: order_of(payment_id),
            state: PaymentState::Authorizing,
            total,
            authorized: nothing,
            captured: nothing,
            refunded: nothing,
            method: state.attempt().map(|attempt| CardView {
                brand: attempt.card.brand.clone(),
                last4: attempt.card.last4.clone(),
            }),
            next_action: None,
            authorized_until: None,
            reason: None,
        };
        view.state = match state {
            State::Forestalled => return None,
            State::Requested { .. } | State::Authorizing { .. } => PaymentState::Authorizing,
            State::ActionRequired { action, .. } => {
                view.next_action = (viewer == Viewer::Customer).then(|| NextActionView::from(action));
                PaymentState::ActionRequired
            }
            State::Authorized { expires_at, .. } => {
                view.authorized = total;
                view.authorized_until = Some(*expires_at);
                PaymentState::Authorized
            }
            State::Settling { charge, expires_at, .. } => {
                view.authorized = total;
                view.authorized_until = Some(*expires_at);
                if charge.is_zero() {
                    PaymentState::Releasing
                } else {
                    PaymentState::Capturing
                }
            }
            State::Declined { reason, .. } => {
                view.reason = Some(reason.clone());
                PaymentState::Declined
            }
            State::Captured { captured, .. } => {
                view.authorized = total;
                view.captured = *captured;
                PaymentState::Captured
            }
            State::Voided { reason, .. } => {
                view.reason = Some(reason.to_string());
                PaymentState::Voided
            }
        };
        Some(view)
    }
}

impl From<&NextAction> for NextActionView {
    fn from(action: &NextAction) -> Self {
        match action {
            NextAction::Redirect { url } => Self::Redirect { url: url.clone() },
            NextAction::ProviderSdk { client_secret } => Self::ProviderSdk {
                client_secret: client_secret.clone(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::TypedId as _;
    use serde_json::json;

    #[test]
    fn shows_what_is_reserved_and_charged_and_to_whom() {
        let payment_id = PaymentId::from_uuid(uuid::Uuid::from_u128(1));
        let of = |state: &State, viewer| PaymentView::of(payment_id, state, viewer);
        let mut seen = Vec::new();
        for state in crate::domain::examples() {
            let Some(view) = of(&state, Viewer::Customer) else {
                assert_eq!(state, State::Forestalled);
                continue;
            };
            assert!(
                view.captured.amount() <= view.authorized.amount() && view.authorized.amount() <= view.total.amount()
            );
            assert_eq!(of(&state, Viewer::Operator).unwrap().next_action, None);
            let json = serde_json::to_value(&view).unwrap();
            seen.push((
                json["state"].clone(),
                json["authorized"]["amount"].clone(),
                json["captured"]["amount"].clone(),
            ));
        }
        assert_eq!(
            serde_json::to_value(seen).unwrap(),
            json!([
                ["authorizing", 0, 0],
                ["authorizing", 0, 0],
                ["action_required", 0, 0],
                ["authorized", 2890, 0],
                ["capturing", 2890, 0],
                ["releasing", 2890, 0],
                ["declined", 0, 0],
                ["captured", 2890, 2890],
                ["voided", 0, 0],
            ])
        );
    }
}
