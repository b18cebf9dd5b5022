"""Debian's python3-grpcio with generic calls: no generated stubs, only messages."""

import hashlib
import hmac
import os
import sys
import time

import grpc
from halfterm.v1 import admin_pb2, directory_pb2, summary_pb2, sync_pb2

PUBLIC, ADMIN = sys.argv[1:3]
channels = {address: grpc.insecure_channel(address) for address in (PUBLIC, ADMIN)}


def call(address, method, request, reply, token=None, stream=False):
    """One reply, or the list of a stream's. `reply` is a message class."""
    make = channels[address].unary_stream if stream else channels[address].unary_unary
    rpc = make(
        "/halfterm.v1." + method,
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=reply.FromString,
    )
    metadata = [("authorization", "Bearer " + token)] if token else []
    answer = rpc(request, metadata=metadata, timeout=20)
    return list(answer) if stream else answer


def refused(code, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except grpc.RpcError as error:
        assert error.code() == code, (error.code(), error.details())
        return
    raise AssertionError(f"{args[1]} was not refused")


# --- bytes, from the description of the layout alone ------------------------------------------------


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def big(value, size):
    return value.to_bytes(size, "big")


def field(number):
    return big(number, 2) + b"\x01"


def entry(number, key):
    return big(number, 2) + key + big(0, 2) + b"\x02"


# How a plan begins: field 1 of kind PHASE, round 0, level PLANNED. Written by the server.
PLANNED = (big(1, 2) + b"\x05", b"\x00\x00\x00\x01")


def encode_facet(values, replica, count, author=bytes(16)):
    """Every value but a phase is of one dot and one author, with stamp 0."""
    out = b"\x01" + varint(1) + big(replica, 8) + varint(1) + author + varint(len(values))
    before = b""
    for path, value in sorted(values):
        shared = len(os.path.commonprefix([before, path]))
        out += varint(shared) + varint(len(path) - shared) + path[shared:]
        before = path
        if path[-1] == 5:
            out += value
            continue
        out += varint(1) + varint(0) + varint(count)
        out += varint(1) + varint(0) + varint(count) + big(0, 8) + varint(0)
        out += varint(len(value)) + value
    return out


def seal_group(replica, n, session, facet, hello_no, body, key):
    out = b"\x01\x01" + big(replica, 8) + big(n, 8) + session + bytes(4 + 8 + 4) + facet
    out += big(int(time.time() * 1000), 8) + big(0, 8) + big(hello_no, 4) + big(0, 8)
    out += varint(len(body)) + body
    return out + hmac.new(key, out, hashlib.sha256).digest()[:16]


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# --- the story -------------------------------------------------------------------------------------

# Health by hand: an empty request; the reply's field 1 is 1, SERVING.
check = "/grpc.health.v1.Health/Check"
assert channels[ADMIN].unary_unary(check)(b"", timeout=20) == b"\x08\x01"
try:
    channels[PUBLIC].unary_unary(check)(b"", timeout=20)
    raise AssertionError("health on the public port")
except grpc.RpcError as error:
    assert error.code() == grpc.StatusCode.UNIMPLEMENTED

school, maths, head, teacher, stranger, rubric, device, visit = (os.urandom(16) for _ in range(8))
roster = directory_pb2.ImportRequest(
    tenant="grpcio",
    orgs=[
        directory_pb2.Org(id=school, kind=3, name="A school"),
        directory_pb2.Org(id=maths, kind=5, name="Mathematics", parent=school),
    ],
    people=[
        directory_pb2.Person(
            id=person, display_name=name, type=1,
            departments=[directory_pb2.DepartmentMembership(org=maths)] if person != stranger else [],
        )
        for person, name in ((head, "Hana Owen"), (teacher, "Tia Green"), (stranger, "Ann Reid"))
    ],
    grants=[directory_pb2.RoleGrant(id=os.urandom(16), person=head, role=6, org=maths)],
    calendars=[
        directory_pb2.Calendar(
            id=os.urandom(16), org=school, zone="Europe/London",
            years=[
                directory_pb2.SchoolYear(
                    first_year=2026,
                    half_terms=[directory_pb2.HalfTerm(number=1, start_day=20698, end_day=20749)],
                )
            ],
        )
    ],
    rubrics=[
        directory_pb2.RubricVersion(
            id=rubric, title="Lessons", version="1",
            elements=[directory_pb2.RubricElement(number=1, title="Starts", levels=["one", "two"])],
        )
    ],
)
imported = call(ADMIN, "Directory/Import", roster, directory_pb2.ImportReply)
assert imported.applied, imported
session = call(
    ADMIN, "Admin/OpenSession",
    admin_pb2.OpenSessionRequest(tenant="grpcio", person=head, device=device),
    admin_pb2.OpenSessionReply,
)
token = session.token
hello = call(
    PUBLIC, "Sync/Hello", sync_pb2.HelloRequest(device=device, stores=[sync_pb2.Store()]),
    sync_pb2.HelloReply, token,
)
assert hello.person == head
replica = hello.stores[0].replica

plan = visit + b"\x01" + bytes(16)
values = [
    (field(2), varint(1)), (field(3), teacher), (field(4), maths), (field(5), head),
    (entry(6, head), b""), (field(8), varint(2 * 1_789_376_400_000)), (field(16), rubric),
]
group = seal_group(
    replica, 1, session.session, plan, hello.hello_no, encode_facet(values, replica, 1), session.key
)
push = sync_pb2.PushRequest(replica=replica, first_n=1, groups=[group], epoch=hello.epoch)
pushed = call(PUBLIC, "Sync/Push", push, sync_pb2.PushReply, token)
assert pushed.results[0].disposition == sync_pb2.DISPOSITION_COMMITTED, pushed
assert pushed.applied_hash == sha256(bytes(16), big(1, 8), sha256(group))[:16]
assert call(PUBLIC, "Sync/Push", push, sync_pb2.PushReply, token) == pushed

chunks = call(PUBLIC, "Sync/Pull", sync_pb2.PullRequest(), sync_pb2.PullReply, token, stream=True)
assert chunks[-1].HasField("end")
held = [h for c in chunks for item in c.items for h in item.held if h.facet == plan]
assert len(held) == 1
assert held[0].digest == sha256(plan, encode_facet([PLANNED, *values], replica, 1, author=head))

figures = call(
    PUBLIC, "Summaries/Department", summary_pb2.DepartmentRequest(department=maths, h2=209),
    summary_pb2.DepartmentReply, token,
)
assert figures.h2 == 209 and figures.name == "Mathematics", figures

poke = next(
    iter(
        channels[PUBLIC].unary_stream(
            "/halfterm.v1.Sync/Watch",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=sync_pb2.WatchReply.FromString,
        )(sync_pb2.WatchRequest(), metadata=[("authorization", "Bearer " + token)], timeout=20)
    )
)
assert poke.HasField("poke"), poke

hello_call = (PUBLIC, "Sync/Hello", sync_pb2.HelloRequest(device=device), sync_pb2.HelloReply)
refused(grpc.StatusCode.UNAUTHENTICATED, *hello_call)
refused(grpc.StatusCode.UNAUTHENTICATED, *hello_call, token=token + "x")
gap = sync_pb2.PushRequest()
gap.CopyFrom(push)
gap.first_n = 7
gap.hash_before = bytes(16)
refused(
    grpc.StatusCode.FAILED_PRECONDITION, PUBLIC, "Sync/Push", gap, sync_pb2.PushReply, token=token
)
refused(
    grpc.StatusCode.NOT_FOUND, PUBLIC, "Summaries/Teacher",
    summary_pb2.TeacherRequest(teacher=stranger, h2=209), summary_pb2.TeacherReply, token=token,
)
refused(
    grpc.StatusCode.UNIMPLEMENTED, PUBLIC, "Admin/Stats", admin_pb2.StatsRequest(),
    admin_pb2.StatsReply,
)
