"""Returns what could not be processed to where it belongs, and tells what became of it.

Works on any copy of the platform: on one machine through `cargo local redrive`, and in an account with the caller's own
credentials through `cargo local redrive --aws`. Four kinds of queues hold what failed:

  InboxDeadLetterQueue, SubscriptionDeadLetterQueue   events that were not handled or not delivered -> InboxQueue
  TimersDeadLetterQueue                               deadlines that were not acted upon            -> TimersQueue
  OutboxFailureQueue                                  events that were not published: a letter names one event item or a
                                                      span of time, and the items are read from the table, which keeps
                                                      them for ever, and handed to the outbox function again

With `--republish` it hands a service's event items to its outbox function though nothing failed: consumers that lost what
they knew, such as a replica, build it anew, and all others refuse the repetition.

A message is sent before it is deleted, so a crash in between delivers it twice, which every consumer bears.
"""

import argparse
import json
import sys
import time
from datetime import datetime, timedelta, timezone

import boto3
from botocore.exceptions import BotoCoreError, ClientError

SERVICES = ["user", "restaurant", "order", "payment", "delivery", "notification"]
RETURNS = {
    "InboxDeadLetterQueue": "InboxQueue",
    "SubscriptionDeadLetterQueue": "InboxQueue",
    "TimersDeadLetterQueue": "TimersQueue",
}
FAILURES = "OutboxFailureQueue"
# More than this in one queue is an outage, not a few stray messages: the rest is left for the next call.
MESSAGES_MAX = 1000
# While a message is being moved nobody else may take it.
HIDDEN_SECONDS = 60
REASON = "reason"
EVENT_PREFIX = "EVENT#"
# What the outbox function is handed at a time, as its stream mapping does.
RECORDS_MAX = 100
# An event says when its request began, a stream when its commit arrived: they differ by less than this.
ARRIVAL_SLACK = timedelta(minutes=2)


class Redrive:
    def __init__(self, region, endpoint):
        def client(name):
            return boto3.client(name, region_name=region, endpoint_url=endpoint)

        self.cloudformation = client("cloudformation")
        self.sqs = client("sqs")
        self.tables = client("dynamodb")
        self.functions = client("lambda")

    def services(self, stack, wanted):
        """The nested stacks of the services, each with its resources by logical id."""
        for resource in self.resources(stack):
            if resource["ResourceType"] != "AWS::CloudFormation::Stack":
                continue
            name = next((s for s in SERVICES if resource["LogicalResourceId"].lower().startswith(s)), None)
            if name and wanted in (None, name):
                inside = self.resources(resource["PhysicalResourceId"])
                yield name, {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in inside}

    def resources(self, stack):
        pages = self.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        return [resource for page in pages for resource in page["StackResourceSummaries"]]

    def receive(self, queue):
        """Every message of a queue, once."""
        seen = set()
        while len(seen) < MESSAGES_MAX:
            answer = self.sqs.receive_message(
                QueueUrl=queue,
                MaxNumberOfMessages=10,
                VisibilityTimeout=HIDDEN_SECONDS,
                MessageAttributeNames=["All"],
                AttributeNames=["All"],
            )
            fresh = [message for message in answer.get("Messages", []) if message["MessageId"] not in seen]
            if not fresh:
                return
            for message in fresh:
                seen.add(message["MessageId"])
                yield message

    def give_back(self, service, source, target, name):
        """Moves the messages of one dead-letter queue; returns the identities of what was moved."""
        moved = []
        for message in self.receive(source):
            attributes = message.get("MessageAttributes", {})
            reason = attributes.pop(REASON, {}).get("StringValue", "failed too often")
            print(f"  {service}: {describe(message['Body'])} from {name}: {reason}", flush=True)
            self.sqs.send_message(QueueUrl=target, MessageBody=message["Body"], MessageAttributes=attributes)
            self.sqs.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])
            moved.append(identity(message["Body"]))
        return moved

    def publish_again(self, service, queue, table, function):
        """Hands what was not published to the outbox function; returns how many events were published and letters kept."""
        published = kept = 0
        for message in self.receive(queue):
            letter = json.loads(message["Body"])
            try:
                items = self.items_of(table, letter)
                failed = self.hand_over(table, function, items)
            except (BotoCoreError, ClientError, KeyError) as error:
                failed = str(error)
            if failed:
                kept += 1
                print(f"  {service}: a letter stays, since its events cannot be published: {failed[:300]}", flush=True)
                continue
            self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            published += len(items)
            print(f"  {service}: {len(items)} events were published again", flush=True)
        return published, kept

    def items_of(self, table, letter):
        """The event items that a letter of a failure queue is about."""
        if "event" in letter:
            key = {name: {"S": letter["event"][name]} for name in ("pk", "sk")}
            item = self.tables.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
            return [item] if item else []
        stretch = letter["DDBStreamBatchInfo"]
        first, last = (stretch[f"approximateArrivalOf{end}Record"] for end in ("First", "Last"))
        return self.event_items(table, moment(first) - ARRIVAL_SLACK, moment(last) + ARRIVAL_SLACK)

    def event_items(self, table, since=None, until=None, aggregate=None):
        """The event items of a table, or of one aggregate, that happened in a span of time, oldest first."""
        if aggregate:
            pages = self.tables.get_paginator("query").paginate(
                TableName=table,
                ConsistentRead=True,
                KeyConditionExpression="pk = :aggregate AND begins_with(sk, :prefix)",
                ExpressionAttributeValues={":aggregate": {"S": aggregate}, ":prefix": {"S": EVENT_PREFIX}},
            )
        else:
            pages = self.tables.get_paginator("scan").paginate(
                TableName=table,
                ConsistentRead=True,
                FilterExpression="begins_with(sk, :prefix) AND attribute_exists(envelope)",
                ExpressionAttributeValues={":prefix": {"S": EVENT_PREFIX}},
            )
        found = []
        for page in pages:
            for item in page["Items"]:
                if "envelope" not in item:
                    continue
                when = moment(json.loads(item["envelope"]["S"])["time"])
                if (since is None or since <= when) and (until is None or when <= until):
                    found.append((when, item["pk"]["S"], item["sk"]["S"], item))
        return [item for *_, item in sorted(found, key=lambda one: one[:3])]

    def hand_over(self, table, function, items):
        """Hands event items to the outbox function as its stream would; returns what went wrong, if anything."""
        for start in range(0, len(items), RECORDS_MAX):
            chunk = items[start : start + RECORDS_MAX]
            records = [record(table, number, item) for number, item in enumerate(chunk, start + 1)]
            answer = self.functions.invoke(FunctionName=function, Payload=json.dumps({"Records": records}).encode())
            result = answer["Payload"].read().decode()
            if "FunctionError" in answer or (json.loads(result or "{}") or {}).get("batchItemFailures"):
                return result or "the function failed"
            if len(items) > RECORDS_MAX:
                print(f"  {start + len(chunk)} of {len(items)} events", flush=True)
        return None

    def poison(self, queues, moved, seconds):
        """What came back within `seconds`, with the reason."""
        back = {}
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and len(back) < len(moved):
            time.sleep(0.5)
            for service, queue in queues:
                answer = self.sqs.receive_message(
                    QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=1, MessageAttributeNames=["All"]
                )
                for message in answer.get("Messages", []):
                    if identity(message["Body"]) in moved:
                        reason = message.get("MessageAttributes", {}).get(REASON, {}).get("StringValue", "failed again")
                        back[identity(message["Body"])] = f"{service}: {describe(message['Body'])}: {reason}"
        return list(back.values())


def record(table, number, item):
    """An event item as a record of the table's stream."""
    return {
        "eventID": str(number),
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "-",
        "dynamodb": {
            "ApproximateCreationDateTime": 0,
            "Keys": {"pk": item["pk"], "sk": item["sk"]},
            "NewImage": item,
            "SequenceNumber": str(number),
            "SizeBytes": 0,
            "StreamViewType": "NEW_IMAGE",
        },
        "eventSourceARN": table,
    }


def moment(text):
    """A time with its zone; without one it is UTC."""
    when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return when if when.tzinfo else when.replace(tzinfo=timezone.utc)


def identity(body):
    """What makes a message the same one after it was sent again: the event's id, or the whole body."""
    try:
        return json.loads(body).get("id") or body
    except (ValueError, AttributeError):
        return body


def describe(body):
    """A message in a few words."""
    try:
        event = json.loads(body)
        return f"{event.get('type') or event.get('name') or 'message'} of {event.get('subject', 'nothing known')}"
    except (ValueError, AttributeError):
        return f"a malformed message ({body[:40]!r})"


def republish(redrive, arguments):
    """Publishes the events of a service once more."""
    try:
        for service, resources in redrive.services(arguments.stack, arguments.service):
            table, function = resources["Table"], resources["OutboxFunction"]
            print(f"  Reading the events of {service}", flush=True)
            # Every service keeps its aggregates under its own name.
            aggregate = arguments.subject and f"{service.upper()}#{arguments.subject}"
            items = redrive.event_items(table, since=arguments.since, aggregate=aggregate)
            if aggregate and not items:
                raise SystemExit(f"  {service} has no events of {arguments.subject}.")
            failed = redrive.hand_over(table, function, items)
            if failed:
                raise SystemExit(f"  {service}: {failed[:300]}")
            print(f"  {service}: {len(items)} events were published again.", flush=True)
    except (BotoCoreError, ClientError) as error:
        raise SystemExit(str(error)) from error


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stack", required=True)
    parser.add_argument("--region")
    parser.add_argument("--endpoint")
    parser.add_argument("--service", choices=SERVICES)
    parser.add_argument("--watch-seconds", type=float, default=10)
    parser.add_argument("--republish", action="store_true")
    parser.add_argument("--subject")
    parser.add_argument("--since", type=moment)
    arguments = parser.parse_args()
    redrive = Redrive(arguments.region, arguments.endpoint)
    if arguments.republish:
        republish(redrive, arguments)
        return
    moved, queues, published, kept = [], [], 0, 0
    try:
        for service, resources in redrive.services(arguments.stack, arguments.service):
            for source, target in RETURNS.items():
                if source in resources:
                    moved += redrive.give_back(service, resources[source], resources[target], source)
                    queues.append((service, resources[source]))
            if FAILURES in resources:
                done, left = redrive.publish_again(
                    service, resources[FAILURES], resources["Table"], resources["OutboxFunction"]
                )
                published, kept = published + done, kept + left
        if not moved and not published and not kept:
            print("  Nothing waits: every message was processed.")
            return
        back = redrive.poison(queues, moved, arguments.watch_seconds) if moved else []
    except (BotoCoreError, ClientError) as error:
        raise SystemExit(str(error)) from error
    print(f"  {len(moved)} messages returned, {published} events published again, {kept} letters kept.")
    for line in back:
        print(f"  came back, so it can never work as it is: {line}")
    if back or kept:
        sys.exit(3)


if __name__ == "__main__":
    main()
