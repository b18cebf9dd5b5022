// Groups that cannot be read, are not who they say they are, or are larger than they may be: each
// is kept aside with its reason, and takes its number.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "halfterm/v1/observation.pb.h"
#include "sync/core/codec.h"
#include "sync/core/limits.h"
#include "sync/core/varint.h"
#include "tests/end_to_end/bad_input/bad_input.h"

namespace halfterm::testing {
namespace {

using core::Kind;
using core::Path;

constexpr char kMalformed[] = "QUARANTINED MALFORMED";
constexpr char kTooLarge[] = "QUARANTINED TOO_LARGE";
constexpr char kUnknownAuthor[] = "QUARANTINED UNKNOWN_AUTHOR";

// A tablet of Hana's, and what it would write well.
struct Good {
  explicit Good(World& w)
      : world(w), tablet(w.Tablet(w.school.hana)), plan{w.NewVisit(), core::kPlan, {}} {
    header = tablet.Header(plan);
    delta = tablet.DeltaOf(plan, PlanValues(w.school, w.school.hana, w.school.tia));
  }
  World& world;
  WireTablet tablet;
  core::FacetId plan;
  core::GroupHeader header;
  core::Facet delta;

  std::string Body() const { return core::Encode(delta); }
  std::string Bytes() const { return tablet.Sealed(header, Body()); }
  std::string Push(std::string bytes) { return PushBytes(tablet, std::move(bytes)); }
  // The bytes with a change, sealed again with the right code.
  std::string PushBody(const std::string& body) { return Push(tablet.Sealed(header, body)); }
};

std::string WithBytes(World& world, const std::function<void(std::string&)>& bend) {
  Good good(world);
  std::string bytes = good.Bytes();
  bend(bytes);
  return good.Push(bytes);
}

std::string WithHeader(World& world, const std::function<void(core::GroupHeader&)>& bend) {
  Good good(world);
  bend(good.header);
  return good.Push(good.Bytes());
}

std::string WithDelta(World& world, const std::function<void(Good&)>& bend) {
  Good good(world);
  bend(good);
  return good.PushBody(good.Body());
}

std::string WithBody(World& world, const std::function<void(std::string&)>& bend) {
  Good good(world);
  std::string body = good.Body();
  bend(body);
  return good.PushBody(body);
}

// One note on Hana's sheet of a visit that is there.
std::string WithNote(World& world, const std::string& text, Kind kind = Kind::kPara) {
  WireTablet hana = world.Tablet(world.school.hana);
  const core::Id16 visit = world.NewVisit();
  hana.Write({visit, core::kPlan, {}},
             PlanValues(world.school, world.school.hana, world.school.tia));
  const core::Id16 key = IdNumber(1);
  return PushDelta(
      hana, {visit, core::kSheet, world.school.hana},
      {{Path::Entry(v1::Sheet::kNotesFieldNumber, key, 0, Kind::kElem), ""},
       {Path::Entry(v1::Sheet::kNotesFieldNumber, key, v1::Note::kTextFieldNumber, kind), text}});
}

std::string SessionOf(World& world, const v1::OpenSessionReply& session) {
  return WithHeader(world, [&](core::GroupHeader& header) {
    header.session = *core::Id16::FromBytes(session.session());
  });
}

const BadInput kUnreadable[] = {
    {"NoBytes", kMalformed,
     [](World& w) { return WithBytes(w, [](std::string& b) { b.clear(); }); }},
    {"OneByte", kMalformed,
     [](World& w) { return WithBytes(w, [](std::string& b) { b = "\x01"; }); }},
    {"Noise", kMalformed,
     [](World& w) { return WithBytes(w, [](std::string& b) { b = std::string(300, '\xa5'); }); }},
    {"CutInTheHeader", kMalformed,
     [](World& w) { return WithBytes(w, [](std::string& b) { b.resize(60); }); }},
    {"CutInTheBody", kMalformed,
     [](World& w) { return WithBytes(w, [](std::string& b) { b.resize(b.size() - 40); }); }},
    {"CutInTheCode", kMalformed,
     [](World& w) { return WithBytes(w, [](std::string& b) { b.pop_back(); }); }},
    {"OneByteTooMany", kMalformed,
     [](World& w) { return WithBytes(w, [](std::string& b) { b.push_back('x'); }); }},
    {"AnotherVersion", kMalformed,
     [](World& w) { return WithBytes(w, [](std::string& b) { b[0] = 2; }); }},
    {"UnknownKind", kMalformed,
     [](World& w) { return WithBytes(w, [](std::string& b) { b[1] = 9; }); }},
    {"UnknownFlags", kMalformed,
     [](World& w) { return WithHeader(w, [](core::GroupHeader& h) { h.known.flags = 0xff; }); }},
    {"WrongCode", kMalformed,
     [](World& w) { return WithBytes(w, [](std::string& b) { b.back() ^= 1; }); }},
    {"OneBitOfTheBody", kMalformed,
     [](World& w) { return WithBytes(w, [](std::string& b) { b[b.size() - 20] ^= 1; }); }},
    {"OneBitOfTheFacet", kMalformed,
     [](World& w) { return WithBytes(w, [](std::string& b) { b[60] ^= 1; }); }},
    {"NumberOfAnother", kMalformed,
     [](World& w) { return WithHeader(w, [](core::GroupHeader& h) { h.n = 7; }); }},
    {"NumberZeroInTheBytes", kMalformed,
     [](World& w) { return WithHeader(w, [](core::GroupHeader& h) { h.n = 0; }); }},
    {"NumberTwoToThe63InTheBytes", kMalformed,
     [](World& w) { return WithHeader(w, [](core::GroupHeader& h) { h.n = uint64_t{1} << 63; }); }},
    {"StoreOfAColleagueInTheBytes", kMalformed,
     [](World& w) {
       return WithHeader(w, [&](core::GroupHeader& h) { h.replica = w.sara().replica(); });
     }},
    {"RefillThatNobodyAskedFor", kMalformed,
     [](World& w) {
       return WithHeader(w, [](core::GroupHeader& h) { h.kind = core::GroupKind::kRefill; });
     }},
};
INSTANTIATE_TEST_SUITE_P(UnreadableGroup, BadInputTest, ::testing::ValuesIn(kUnreadable), NameOf);

const BadInput kAuthors[] = {
    {"UnknownSession", kUnknownAuthor,
     [](World& w) {
       return WithHeader(w, [](core::GroupHeader& h) { h.session = IdNumber(99); });
     }},
    {"SessionOfAColleague", kUnknownAuthor,
     [](World& w) { return SessionOf(w, w.sara().session()); }},
    {"OwnSessionOfAnotherTablet", kUnknownAuthor,
     [](World& w) { return SessionOf(w, w.hana().session()); }},
    {"OwnSessionAtAnotherSchool", kUnknownAuthor,
     [](World& w) { return SessionOf(w, w.hana_there().session()); }},
    {"AnotherAuthorInTheValues", "COMMITTED by the session's person",
     [](World& w) -> std::string {
       Good good(w);
       for (core::Cell& cell : good.delta.cells) {
         for (core::Sibling& sibling : cell.siblings) sibling.author = w.school.sara;
       }
       const std::string words = good.PushBody(good.Body());
       if (!good.tablet.Pull().ok()) return "no pull";
       const auto held = core::Decode(good.tablet.Held(good.plan), core::kFacetLimits);
       if (!held.ok()) return words + " and not held";
       for (const core::Cell& cell : held->cells) {
         for (const core::Sibling& sibling : cell.siblings) {
           if (sibling.author != w.school.hana) return words + " by somebody else";
         }
       }
       return words + " by the session's person";
     }},
};
INSTANTIATE_TEST_SUITE_P(Author, BadInputTest, ::testing::ValuesIn(kAuthors), NameOf);

const BadInput kBodies[] = {
    {"NoBody", kMalformed, [](World& w) { return WithBody(w, [](std::string& b) { b.clear(); }); }},
    {"BodyOfNoise", kMalformed,
     [](World& w) { return WithBody(w, [](std::string& b) { b = std::string(100, '\xff'); }); }},
    {"BodyCutOff", kMalformed,
     [](World& w) { return WithBody(w, [](std::string& b) { b.resize(b.size() / 2); }); }},
    {"BodyWithMoreBehind", kMalformed,
     [](World& w) { return WithBody(w, [](std::string& b) { b += "x"; }); }},
    {"VarintThatIsLongerThanItNeed", kMalformed,
     [](World& w) { return WithBody(w, [](std::string& b) { b.replace(1, 1, "\x81\x00", 2); }); }},
    {"CellsOutOfOrder", kMalformed,
     [](World& w) {
       return WithDelta(
           w, [](Good& good) { std::swap(good.delta.cells.front(), good.delta.cells.back()); });
     }},
    {"CellTwice", kMalformed,
     [](World& w) {
       return WithDelta(w, [](Good& good) {
         good.delta.cells.insert(good.delta.cells.begin(), good.delta.cells.front());
       });
     }},
    {"ValueOfAnotherDot", kMalformed,
     [](World& w) {
       return WithDelta(w, [](Good& good) {
         core::Cell& cell = good.delta.cells.front();
         cell.seen = {{good.tablet.replica(), 77}};
         cell.siblings.front().dot.count = 77;
       });
     }},
    {"ContextOfWhatNobodyHasSeen", kMalformed,
     [](World& w) {
       return WithDelta(w, [&](Good& good) {
         core::Cell& cell = good.delta.cells.front();
         cell.seen.push_back({w.sara().replica(), 1'000'000});
         std::sort(cell.seen.begin(), cell.seen.end());
       });
     }},
    {"GroupOfMoreThan64KiB", kTooLarge,
     [](World& w) {
       Good good(w);
       return good.PushBody(std::string(core::kMaxGroupBytes, 'b'));
     }},
    {"ValueOfMoreThan16KiB", kTooLarge,
     [](World& w) { return WithNote(w, std::string(core::kMaxValueBytes + 1, 'v')); }},
    {"NoteOf2001Bytes", kTooLarge,
     [](World& w) { return WithNote(w, std::string(core::kMaxNoteBytes + 1, 'n')); }},
    {"TwoThousandAndOneCells", kTooLarge,
     [](World& w) {
       return WithDelta(w, [](Good& good) {
         const core::Cell one = good.delta.cells.front();
         good.delta.cells.clear();
         for (uint16_t field = 1000; field <= 1000 + core::kMaxGroupCells; ++field) {
           good.delta.cells.push_back(one);
           good.delta.cells.back().path = Path::Field(field, Kind::kReg);
         }
       });
     }},
    {"NoteThatIsNoUtf8", kMalformed, [](World& w) { return WithNote(w, "quiet \xc3\x28 start"); }},
    {"NoteWithALoneSurrogate", kMalformed,
     [](World& w) { return WithNote(w, "quiet \xed\xa0\x80 start"); }},
    {"NoteUnderAnotherKind", kMalformed,
     [](World& w) { return WithNote(w, "quiet start", Kind::kReg); }},
    {"LevelEleven", kMalformed,
     [](World& w) {
       Good good(w);
       return PushDelta(good.tablet, {good.plan.record, core::kSheet, w.school.hana},
                        RatingValues(1, 11));
     }},
    {"ElementTwoHundredAndFiftySix", kMalformed,
     [](World& w) {
       Good good(w);
       return PushDelta(good.tablet, {good.plan.record, core::kSheet, w.school.hana},
                        RatingValues(256, 1));
     }},
    {"PersonOf15Bytes", kMalformed,
     [](World& w) {
       Good good(w);
       return PushDelta(
           good.tablet, good.plan,
           {{Path::Field(v1::Plan::kTeacherFieldNumber, Kind::kReg), std::string(15, 't')}});
     }},
    {"LessonAtTheEndOfTime", kMalformed,
     [](World& w) {
       Good good(w);
       std::string end;
       core::AppendVarint(end, core::ZigZag(std::numeric_limits<int64_t>::max()));
       return PushDelta(good.tablet, good.plan,
                        {{Path::Field(v1::Plan::kLessonStartMsFieldNumber, Kind::kReg), end}});
     }},
};
INSTANTIATE_TEST_SUITE_P(Body, BadInputTest, ::testing::ValuesIn(kBodies), NameOf);

// A group with such times on it is taken; the time that the server gives it lies between the
// tablet's last greeting and now.
std::string WithTime(World& world, const core::GroupTime& time) {
  Good good(world);
  const uint32_t hello_no = good.header.time.hello_no;
  good.header.time = time;
  good.header.time.hello_no = hello_no;
  good.tablet.Keep(good.Bytes());
  v1::PushReply reply;
  const std::string words = Words(good.tablet.Push(&reply), reply);
  const int64_t now_ms = world.server.clock.NowMs();
  const int64_t eff_ms = reply.results(0).eff_ms();
  // A stamp is never before the one that was given last: a moment of the tablet's clock at most.
  return words + (eff_ms >= now_ms - 1000 && eff_ms <= now_ms + 1000 ? " now" : " at another time");
}

const BadInput kStrange[] = {
    {"ClockIn1970", "COMMITTED now",
     [](World& w) {
       return WithTime(w, {0, 0, 0, 0});
     }},
    {"ClockIn2106", "COMMITTED now",
     [](World& w) {
       return WithTime(w, {4'294'967'296'000, 0, 0, 0});
     }},
    {"ClockAtTheEndOfTime", "COMMITTED now",
     [](World& w) {
       return WithTime(w, {UINT64_MAX, UINT64_MAX - 1, 0, std::numeric_limits<int64_t>::max()});
     }},
    {"ClockOffsetAtTheBeginningOfTime", "COMMITTED now",
     [](World& w) {
       return WithTime(w,
                       {UINT64_MAX, core::kClockRestarted, 0, std::numeric_limits<int64_t>::min()});
     }},
    {"HelloThatNeverWas", "COMMITTED",
     [](World& w) {
       return WithHeader(w, [](core::GroupHeader& h) { h.time.hello_no = 0xffffffff; });
     }},
    {"CursorFromTheFuture", "COMMITTED",
     [](World& w) {
       return WithHeader(w, [](core::GroupHeader& h) {
         h.base_epoch = 99;
         h.base_seq = UINT64_MAX;
       });
     }},
    {"FieldsAndKindsOfANewerApp", "COMMITTED, and held as they came",
     [](World& w) -> std::string {
       Good good(w);
       const Path field = Path::Field(999, Kind::kReg);
       const Path kind = Path::Field(998, static_cast<Kind>(77));
       const Path entry = Path::Entry(997, IdNumber(5), 3, static_cast<Kind>(200));
       WireTablet::Values values = PlanValues(w.school, w.school.hana, w.school.tia);
       for (const Path& path : {kind, field, entry}) values.emplace_back(path, "\x00\xff new");
       const std::string words = PushDelta(good.tablet, good.plan, values);
       if (!good.tablet.Pull().ok()) return "no pull";
       const auto held = core::Decode(good.tablet.Held(good.plan), core::kFacetLimits);
       bool kept = held.ok();
       for (const Path& path : {kind, field, entry}) {
         const core::Cell* cell = kept ? held->Find(path) : nullptr;
         kept = cell != nullptr && cell->siblings.size() == 1 &&
                cell->siblings.front().value == "\x00\xff new";
       }
       return words + (kept ? ", and held as they came" : ", and lost");
     }},
};
INSTANTIATE_TEST_SUITE_P(Strange, BadInputTest, ::testing::ValuesIn(kStrange), NameOf);

}  // namespace
}  // namespace halfterm::testing
