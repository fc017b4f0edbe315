"""An AWS on loopback for the rehearsal of a deployment: ministack, made as strict as AWS where that matters here.

Started by emulated-aws.ts, which sets the environment that ministack reads. Beside it, on CONTROL_PORT, answers what
the rehearsal asks and switches: POST / with any of the fields of CONTROL, and GET /decisions for every decision of IAM
since the last time it was asked.
"""
import json
import os
import re
import string
import threading
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import ministack.app as app
import ministack.core.iam_evaluator as evaluator
import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.cloudformation.stacks as stacks
from ministack.services import apigateway, dynamodb, eventbridge, iam, s3

CONTROL = {
    # Whether requests are checked against the policies of whoever sends them.
    "enforceIam": False,
    # The logical id of a resource whose creation or update fails.
    "failAt": None,
    # What no policy gives, whatever it says: actions that begin so, to roles whose name contains this.
    "withhold": None,
}
DECISIONS = []
handlers = provisioners._RESOURCE_HANDLERS


# -- What ministack lacks ----------------------------------------------------------------------------------------------


def create_access_key(logical_id, props, stack):
    _, _, body = iam._create_access_key({"UserName": props["UserName"]})
    text = body.decode() if isinstance(body, bytes) else body
    secret = re.search("<SecretAccessKey>(.*?)<", text).group(1)
    return re.search("<AccessKeyId>(.*?)<", text).group(1), {"SecretAccessKey": secret}


def create_archive(logical_id, props, stack):
    name = props.get("ArchiveName") or provisioners._physical_name(stack, logical_id, max_len=48)
    pattern = props.get("EventPattern", "")
    status, _, body = eventbridge._create_archive(
        {
            "ArchiveName": name,
            "EventSourceArn": props["SourceArn"],
            "RetentionDays": int(props.get("RetentionDays", 0)),
            "EventPattern": json.dumps(pattern) if isinstance(pattern, dict) else pattern,
        }
    )
    if status >= 300:
        raise ValueError(f"AWS::Events::Archive: {body!r}")
    return name, {"Arn": eventbridge._archives[name]["ArchiveArn"]}


def record_only(kind):
    """A resource of which only the existence matters here."""
    return {
        "create": lambda logical_id, props, stack: (f"{kind}-{uuid.uuid4().hex[:8]}", {}),
        "update": lambda physical_id, old, new, stack: (physical_id, {}),
        "delete": lambda physical_id, props: None,
    }


handlers["AWS::IAM::AccessKey"] = {
    "create": create_access_key,
    "update": lambda physical_id, old, new, stack: (
        physical_id,
        {"SecretAccessKey": iam._access_keys[physical_id]["SecretAccessKey"]},
    ),
    "delete": lambda physical_id, props: iam._access_keys.pop(physical_id, None),
}
handlers["AWS::Events::Archive"] = {
    "create": create_archive,
    "update": lambda physical_id, old, new, stack: (
        physical_id,
        {"Arn": eventbridge._archives[physical_id]["ArchiveArn"]},
    ),
    "delete": lambda physical_id, props: eventbridge._archives.pop(physical_id, None),
}
handlers["AWS::ApplicationAutoScaling::ScalableTarget"] = record_only("target")
handlers["AWS::ApplicationAutoScaling::ScalingPolicy"] = record_only("policy")


# -- Where ministack is not as AWS is ----------------------------------------------------------------------------------


def secrets_are_known_by_their_arn():
    """`Ref` of a secret is its ARN; by the name that ministack gives, no policy of a template would match."""
    secret = handlers["AWS::SecretsManager::Secret"]
    create, update, delete = secret["create"], secret["update"], secret["delete"]

    def name_of(physical_id):
        kept = provisioners._sm._secrets.items()
        return next((name for name, it in kept if it.get("ARN") == physical_id), physical_id)

    def by_arn(made):
        return made[1]["Arn"], made[1]

    secret["create"] = lambda logical_id, props, stack: by_arn(create(logical_id, props, stack))
    secret["delete"] = lambda physical_id, props: delete(name_of(physical_id), props)
    secret["update"] = lambda physical_id, old, new, stack, logical_id=None: by_arn(
        update(name_of(physical_id), old, new, stack, logical_id)
    )


def data_is_not_deleted_by_the_way():
    """A bucket with objects and a table with deletion protection refuse to be deleted."""
    bucket, table = handlers["AWS::S3::Bucket"], handlers["AWS::DynamoDB::Table"]
    drop_bucket, drop_table = bucket["delete"], table["delete"]

    def delete_bucket(physical_id, props):
        kept = s3._buckets.get(physical_id)
        if kept and kept.get("objects"):
            raise ValueError(f"The bucket you tried to delete is not empty (Bucket: {physical_id}, BucketNotEmpty)")
        drop_bucket(physical_id, props)

    def delete_table(physical_id, props):
        kept = dynamodb._tables.get(physical_id)
        if kept and kept.get("DeletionProtectionEnabled"):
            raise ValueError(
                f"Resource cannot be deleted as it is currently protected against deletion. Disable deletion "
                f"protection first. (Table: {physical_id})"
            )
        drop_table(physical_id, props)

    bucket["delete"], table["delete"] = delete_bucket, delete_table


def secrets_are_generated_as_asked():
    """Without punctuation where the template says so."""
    generate = provisioners._sm_secret_string

    def without_punctuation(props):
        asked = props.get("GenerateSecretString")
        if asked and asked.get("ExcludePunctuation"):
            asked = {**asked, "ExcludeCharacters": asked.get("ExcludeCharacters", "") + string.punctuation}
            props = {**props, "GenerateSecretString": asked}
        return generate(props)

    provisioners._sm_secret_string = without_punctuation


def buckets_keep_their_tags():
    """By a tag the CDK's own function knows the buckets that it may empty."""
    bucket = handlers["AWS::S3::Bucket"]
    create, update = bucket["create"], bucket["update"]

    def tag(name, props):
        s3._bucket_tags[name] = {it["Key"]: it["Value"] for it in props.get("Tags") or []}

    def create_bucket(logical_id, props, stack):
        made = create(logical_id, props, stack)
        tag(made[0], props)
        return made

    def update_bucket(physical_id, old, new, stack, *more):
        made = update(physical_id, old, new, stack, *more)
        tag(made[0], new)
        return made

    bucket["create"], bucket["update"] = create_bucket, update_bucket


def addresses_can_be_reached():
    """The address of an API is a path: names below an IP address cannot be looked up."""
    create = handlers["AWS::ApiGatewayV2::Api"]["create"]

    def create_api(logical_id, props, stack):
        api_id, attributes = create(logical_id, props, stack)
        endpoint = f"{os.environ['AWS_ENDPOINT_URL']}/_aws/execute-api/{api_id}"
        apigateway._apis[api_id]["apiEndpoint"] = endpoint
        return api_id, {**attributes, "ApiEndpoint": endpoint}

    handlers["AWS::ApiGatewayV2::Api"]["create"] = create_api


def loopback_counts_as_tls():
    """This endpoint is plain http, so that policies that ask for TLS would refuse everybody."""
    pin = app.pin_request_origin
    app.pin_request_origin = lambda source_ip, secure: pin(source_ip, secure or source_ip == "127.0.0.1")


# -- What the rehearsal switches and asks ------------------------------------------------------------------------------


def failing(change):
    def checked(resource_type, *args, **kwargs):
        if CONTROL["failAt"] is not None and CONTROL["failAt"] in args:
            raise ValueError(f"The rehearsal lets {CONTROL['failAt']} fail.")
        return change(resource_type, *args, **kwargs)

    return checked


def watch_decisions():
    """Notes what IAM decides in the end, and refuses what is withheld."""
    enforce, evaluate = evaluator.enforce, evaluator.evaluate
    asking = threading.local()

    def noting(context, *policies):
        asking.principal = context.principal_arn
        withheld = CONTROL["withhold"]
        if withheld and context.action.startswith(withheld["action"]) and withheld["role"] in context.principal_arn:
            DECISIONS.append([context.principal_arn, context.action, context.resource_arn, False])
            return evaluator.EvalResult("Deny")
        decision = evaluate(context, *policies)
        if decision.decision == "Allow":
            DECISIONS.append([context.principal_arn, context.action, context.resource_arn, True])
        return decision

    def deciding(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        asking.principal = None
        refusal = enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
        if refusal is not None and asking.principal:
            DECISIONS.append([asking.principal, iam_action, resource_arn, False])
        return refusal

    evaluator.evaluate, evaluator.enforce = noting, deciding


def gateway_answers():
    try:
        return urllib.request.urlopen(f"{os.environ['AWS_ENDPOINT_URL']}/_ministack/health", timeout=2).status == 200
    except OSError:
        return False


class Control(BaseHTTPRequestHandler):
    def do_POST(self):
        CONTROL.update(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        app.AUTH = CONTROL["enforceIam"]
        self.answer(CONTROL)

    def do_GET(self):
        if self.path != "/decisions":
            self.answer({"isUp": gateway_answers()})
            return
        taken = DECISIONS[:]
        del DECISIONS[: len(taken)]
        self.answer(taken)

    def answer(self, body):
        self.send_response(503 if body == {"isUp": False} else 200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_):
        pass


secrets_are_known_by_their_arn()
data_is_not_deleted_by_the_way()
secrets_are_generated_as_asked()
buckets_keep_their_tags()
addresses_can_be_reached()
loopback_counts_as_tls()
watch_decisions()
stacks._provision_resource = failing(stacks._provision_resource)
stacks._update_resource = failing(stacks._update_resource)
control = ThreadingHTTPServer(("127.0.0.1", int(os.environ["CONTROL_PORT"])), Control)
threading.Thread(target=control.serve_forever, daemon=True).start()
app.main()
