//! The kinds of messages: what each is called in the inbox, in logs and to apps.

contracts::vocabulary! {
    /// What a message tells. Several notices may be of one kind.
    pub enum Kind {
        /// The payment is reserved and the restaurant is asked.
        OrderConfirmed = "order_confirmed",
        /// The kitchen cooks.
        OrderAccepted = "order_accepted",
        /// The kitchen needs longer.
        OrderDelayed = "order_delayed",
        /// The courier has the food.
        OutForDelivery = "out_for_delivery",
        /// The courier stands at the door.
        CourierAtDoor = "courier_at_door",
        /// The food has arrived.
        OrderDelivered = "order_delivered",
        /// The restaurant does not take the order.
        OrderRejected = "order_rejected",
        /// The order ended before the food left.
        OrderCancelled = "order_cancelled",
        /// The courier could not hand the food over.
        OrderUndeliverable = "order_undeliverable",
        /// The bank said no.
        PaymentDeclined = "payment_declined",
        /// The bank wants the customer's approval.
        PaymentActionRequired = "payment_action_required",
        /// The reservation ran out before the order ended.
        PaymentExpired = "payment_expired",
        /// The customer was charged.
        Receipt = "receipt",
        /// A courier need not hurry to the restaurant.
        CourierDelayed = "courier_delayed",
        /// A courier's order is off.
        CourierCancelled = "courier_cancelled",
        /// A courier was taken off an order before the pick-up.
        CourierReleased = "courier_released",
        /// No courier takes a delivery.
        DeliveryEscalated = "delivery_escalated",
        /// Food is long overdue with the courier who took it.
        DeliveryOverdue = "delivery_overdue",
        /// A courier says that the food could not be handed over: an operator decides.
        DeliveryFailureReported = "delivery_failure_reported",
        /// The same, to the customer: it is looked into.
        DeliveryLookedInto = "delivery_looked_into",
        /// Money that should have been taken or released long ago still is not.
        PaymentStalled = "payment_stalled",
        /// Somebody tried to sign up with the person's address.
        SignUpRepeated = "sign_up_repeated",
    }
}
