"""Returns what could not be processed to where it belongs, and tells what became of it.

Works on any copy of the platform: on one machine through `cargo local redrive`, and in an account with the caller's own
credentials through `cargo local redrive --aws`. Four kinds of queues hold what failed:

  InboxDeadLetterQueue, SubscriptionDeadLetterQueue   events that were not handled or not delivered -> InboxQueue
  TimersDeadLetterQueue                               deadlines that were not acted upon            -> TimersQueue
  OutboxFailureQueue                                  stretches of a table's stream that were not published: they are
                                                      read from the stream again and handed to the outbox function

A message is sent before it is deleted, so a crash in between delivers it twice, which every consumer bears.
"""

import argparse
import json
import sys
import time

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


class Redrive:
    def __init__(self, region, endpoint):
        def client(name):
            return boto3.client(name, region_name=region, endpoint_url=endpoint)

        self.cloudformation = client("cloudformation")
        self.sqs = client("sqs")
        self.streams = client("dynamodbstreams")
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

    def publish_again(self, service, queue, function):
        """Hands the lost stretches of a stream to the outbox function; returns how many were published and kept."""
        published = kept = 0
        for message in self.receive(queue):
            body = json.loads(message["Body"])
            stretch = body.get("DDBStreamBatchInfo") or {}
            try:
                records = self.records(stretch)
                answer = self.functions.invoke(
                    FunctionName=function, Payload=json.dumps({"Records": records}).encode()
                )
                result = answer["Payload"].read().decode()
                failed = "FunctionError" in answer or (json.loads(result or "{}") or {}).get("batchItemFailures")
            except (BotoCoreError, ClientError, KeyError) as error:
                failed, result = True, str(error)
            if failed:
                kept += 1
                print(f"  {service}: a stretch of the stream stays unpublished: {result[:300]}", flush=True)
                continue
            self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            published += len(records)
            print(f"  {service}: {len(records)} events of the stream were published again", flush=True)
        return published, kept

    def records(self, stretch):
        """The events in a stretch of a stream, as the mapping would hand them over."""
        iterator = self.streams.get_shard_iterator(
            StreamArn=stretch["streamArn"],
            ShardId=stretch["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=stretch["startSequenceNumber"],
        )["ShardIterator"]
        last = int(stretch["endSequenceNumber"])
        records = []
        while iterator:
            page = self.streams.get_records(ShardIterator=iterator)
            for record in page["Records"]:
                if int(record["dynamodb"]["SequenceNumber"]) > last:
                    return records
                if record["eventName"] == "INSERT" and record["dynamodb"]["Keys"]["sk"]["S"].startswith("EVENT#"):
                    when = record["dynamodb"].get("ApproximateCreationDateTime")
                    if when is not None:
                        record["dynamodb"]["ApproximateCreationDateTime"] = when.timestamp()
                    records.append({**record, "eventSourceARN": stretch["streamArn"]})
            iterator = page.get("NextShardIterator") if page["Records"] else None
        return records

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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stack", required=True)
    parser.add_argument("--region")
    parser.add_argument("--endpoint")
    parser.add_argument("--service", choices=SERVICES)
    parser.add_argument("--watch-seconds", type=float, default=10)
    arguments = parser.parse_args()
    redrive = Redrive(arguments.region, arguments.endpoint)
    moved, queues, published, kept = [], [], 0, 0
    try:
        for service, resources in redrive.services(arguments.stack, arguments.service):
            for source, target in RETURNS.items():
                if source in resources:
                    moved += redrive.give_back(service, resources[source], resources[target], source)
                    queues.append((service, resources[source]))
            if FAILURES in resources:
                done, left = redrive.publish_again(service, resources[FAILURES], resources["OutboxFunction"])
                published, kept = published + done, kept + left
        if not moved and not published and not kept:
            print("  Nothing waits: every message was processed.")
            return
        back = redrive.poison(queues, moved, arguments.watch_seconds) if moved else []
    except (BotoCoreError, ClientError) as error:
        raise SystemExit(str(error)) from error
    print(f"  {len(moved)} messages returned, {published} events published again, {kept} stretches kept.")
    for line in back:
        print(f"  came back, so it can never work as it is: {line}")
    if back or kept:
        sys.exit(3)


if __name__ == "__main__":
    main()
