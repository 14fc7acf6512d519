"""Runs localstripe with what it lacks of Stripe's API: the payment intents of one customer, the newest first."""

from localstripe import server
from localstripe.resources import Customer, PaymentIntent

list_all = PaymentIntent._api_list_all


def list_of_customer(url, customer=None, **page):
    if customer is not None:
        # A customer that does not exist is refused.
        Customer._api_retrieve(customer)
    intents = list_all(url, **page)
    # The store keeps them in the sequence of their creation.
    intents._list = [intent for intent in reversed(intents._list) if customer in (None, intent.customer)]
    return intents


PaymentIntent._api_list_all = list_of_customer

if __name__ == "__main__":
    server.start()
