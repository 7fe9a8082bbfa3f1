package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;
import dev.torc.base.bytes.Fields;
import dev.torc.base.bytes.Fields.Form;
import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.Stamp;
import dev.torc.core.memory.AttemptRecord.PostedEvent;
import dev.torc.core.memory.BuildRecord.BuildEnd;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.memory.BuildRecord.StoreUse;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.Origin;
import dev.torc.core.memory.JobResult.Ran;
import dev.torc.core.memory.JobResult.Restorable;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.JobResult.RunNeeds;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.features.stores.StoredResults;
import dev.torc.features.stores.StoredResults.Stored;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records can grow: what their bytes are, and which records of a later torc are read. */
class RecordCodecTest {

  private static final Digest DIGEST = Digest.of(HexFormat.of().parseHex("ab".repeat(32)));
  private static final String SUM = "ab".repeat(32);
  private static final byte[] KEY = DatabaseKey.of(7, 3);

  /** A record of one kind with a value in every field, and its bytes as they must stay. */
  record Kind<T>(T record, Form<T> form, String bytes, int lastTag) {

    byte[] sealed(Form<T> more) {
      return RecordCodec.seal(
          RecordTree.RESULTS,
          KEY,
          null,
          record,
          (out, of) -> {
            form.pass(out, of);
            return more.pass(out, of);
          },
          null);
    }

    byte[] content() {
      byte[] sealed = sealed((_, of) -> of);
      return Arrays.copyOfRange(sealed, RecordCodec.SUM, sealed.length);
    }

    T open(byte[] value) {
      return RecordCodec.open(RecordTree.RESULTS, KEY, value, form, null);
    }

    @Override
    public String toString() {
      return record.getClass().getSimpleName();
    }
  }

  static Stream<Kind<?>> kinds() {
    ManifestEntry entry = new ManifestEntry(3, "n", "o", "w");
    String line = "0206" + "05016e" + "07016f" + "090177";
    return Stream.of(
        new Kind<>(
            new KnownDigest(new Stamp(Stamp.FileKind.FILE, true, 1, 2, 3, 4), DIGEST, true),
            RecordCodec::known,
            "0204" + "0402" + "0602" + "0804" + "0a06" + "0c08" + "0f2101" + SUM + "1002",
            8),
        new Kind<>(
            new JobResult(
                JobResult.Outcome.ADOPTED,
                "b",
                DIGEST,
                List.of(
                    new RecordedProduct("p", Stamp.FileKind.FILE, DIGEST.executable(), 7, "t"),
                    new RecordedProduct("q", Stamp.FileKind.MISSING, null, 0, null)),
                new RunNeeds(List.of("f", "g"), List.of("m"), List.of("l")),
                5,
                true),
            RecordCodec::result,
            "020c"
                + "050162"
                + "072101"
                + SUM
                + ("092d" + "030170" + "0404" + "072102" + SUM + "080e" + "0b0174")
                + ("0905" + "030171" + "0402")
                + ("0b0166" + "0b0167")
                + "0d016d"
                + "0e0a"
                + "1002"
                + "13016c",
            9),
        new Kind<>(
            new RunDetails(
                List.of(entry),
                List.of(entry, entry),
                "x",
                new Ran(1, 2, 3, 4, 5, -1, 7),
                new Restorable(
                    DIGEST,
                    DIGEST.executable(),
                    List.of("p"),
                    7,
                    true,
                    new RecordedProduct("d", Stamp.FileKind.FILE, DIGEST, 8, null)),
                new Origin("s", 8, "h", 9, ""),
                List.of("r")),
            RecordCodec::details,
            ("030b" + line)
                + ("050b" + line)
                + ("050b" + line)
                + "070178"
                + ("0802" + "0a04" + "0c06" + "0e08" + "100a" + "1201" + "140e")
                + ("1779" + "032101" + SUM + "052102" + SUM + "070170" + "0a0e" + "0c02")
                + ("112a" + "030164" + "0404" + "072101" + SUM + "0810")
                + ("190a" + "030173" + "0410" + "070168" + "0812")
                + "1b0172",
            13),
        new Kind<>(
            new Stored<>(5, "record"),
            new StoredResults<String>(null, (f, of) -> f.text(5, of, text -> text))::pass,
            "0c0a" + "1108" + "0b067265636f7264",
            8),
        new Kind<>(
            new OwnedPath(
                "path", Stamp.FileKind.FOLDER, DIGEST, "j", OwnedPath.Whose.USER, DIGEST, 7),
            (f, of) -> RecordCodec.owned("path", f, of),
            "0206" + "052101" + SUM + "07016a" + "0802" + "0b2101" + SUM + "0c0e",
            6),
        new Kind<>(
            StoredList.whole(List.of(entry)),
            StoredList::form,
            "090b" + "03016e" + "070177" + "0806" + "0b016f",
            4),
        new Kind<>(
            List.of(new StoredValue("k", "v")), RecordCodec::data, "0306" + "03016b" + "050176", 1),
        new Kind<>(
            new PostedEvent(7, 3, 1, "j", 2, "{}"),
            (f, of) -> RecordCodec.posted(KEY, f, of),
            "0202" + "05016a" + "0604" + "09027b7d",
            4),
        new Kind<>(
            new BuildRecord(
                new BuildId("b", 7),
                1,
                new TreeMap<>(Map.of("ran", 2)),
                new BuildRecord.Said(List.of("f"), DIGEST, "c0ffee+"),
                new BuildEnd(
                    -1, 3, "m", new StoreUse(1, List.of(new StoreUse.StoreHits("s", 2, 3))))),
            (f, of) -> RecordCodec.build(DatabaseKey.of(7), f, of),
            "030162"
                + "0402"
                + "0601"
                + ("0907" + "030372616e" + "0404")
                + "0a06"
                + "0d0166"
                + "0f016d"
                + ("110b" + "0202" + ("0507" + "030173" + "0404" + "0606"))
                + ("132101" + SUM)
                + "15076330666665652b",
            10));
  }

  /** A change to the code that makes this fail changes the format: see {@link RecordCodec}. */
  @ParameterizedTest
  @MethodSource("kinds")
  void theBytesOfARecordStayAsTheyAre(Kind<?> kind) {
    assertEquals(kind.bytes, HexFormat.of().formatHex(kind.content()));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyFieldReadsBack(Kind<?> kind) {
    assertEquals(kind.record, kind.open(kind.sealed((_, of) -> of)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void unknownFieldsAreSkipped(Kind<?> kind) {
    byte[] later =
        kind.sealed(
            (out, of) -> {
              out.number(kind.lastTag + 1, of, _ -> Long.MIN_VALUE);
              out.text(kind.lastTag + 1, of, _ -> "host");
              out.texts(127, of, _ -> List.of("a", "b"));
              return of;
            });
    assertEquals(kind.record, kind.open(later));
  }

  /** Cut inside a field. A cut between fields is found by the checksum, as all damage is. */
  @ParameterizedTest
  @MethodSource("kinds")
  void cutOffBytesAreNoRecord(Kind<?> kind) {
    byte[] content = kind.content();
    for (int length = content.length - 1; length >= 0; length--) {
      byte[] cut = Arrays.copyOf(kind.sealed((_, of) -> of), RecordCodec.SUM + length);
      assertNull(kind.open(cut), "cut to " + length);
    }
    byte[] cut = Arrays.copyOf(content, content.length - 1);
    assertNull(kind.open(raw(cut)), "sealed when it was cut");
  }

  /** A value with the right checksum for bytes that no torc would write. */
  private static byte[] raw(byte[] content) {
    byte[] value = new byte[RecordCodec.SUM + content.length];
    System.arraycopy(content, 0, value, RecordCodec.SUM, content.length);
    ByteBuffer.wrap(value).putInt(RecordCodec.sum(RecordTree.RESULTS, KEY, value));
    return value;
  }

  private static JobResult result(String hex) {
    return RecordCodec.open(
        RecordTree.RESULTS, KEY, raw(HexFormat.of().parseHex(hex)), RecordCodec::result, null);
  }

  @Test
  void unknownFieldsOfPartsAreSkippedToo() {
    String product = "030170" + "0404" + "072102" + SUM;
    JobResult known = result("020c" + "0928" + product);
    assertEquals("p", known.products().getFirst().path());
    assertEquals(known, result("020c" + "092a" + product + "1202"));
  }

  /** A record with an unknown value that would decide something is no result: the job runs. */
  @Test
  void anUnknownOutcomeKindOrDigestIsNoResult() {
    assertNotNull(result("020e"));
    assertNull(result("0212"), "an outcome behind the last one");
    assertNull(result("050162"), "no outcome at all");
    assertNull(result(""), "nothing at all");
    assertNull(result("020c" + "0905" + "030170" + "040c"), "a kind behind the last one");
    assertNull(result("020c" + "072103" + SUM), "a digest of another kind");
    assertNull(result("020c" + "071103" + "ab".repeat(16)), "a digest of another length");
  }

  @Test
  void fieldsOutOfTheirOrderOrOfAnotherFormAreNoRecord() {
    assertNull(result("020c" + "072101" + SUM + "050162"));
    assertNull(result("030c" + "0".repeat(24)));
    assertNull(result("020c" + "0402"), "a number where the build's id should be");
  }

  /** Records that only people read stay readable if a later torc has more states or reasons. */
  @Test
  void unknownStatesAndReasonsOfARecordForPeopleReadBack() {
    RunDetails details =
        new RunDetails(
            List.of(),
            List.of(new ManifestEntry(999, "n", null, null)),
            "",
            new Ran(1, 2, 0, 0, 0, 0, 1),
            null,
            null,
            List.of());
    BuildRecord build =
        new BuildRecord(
            new BuildId("b", 7),
            1,
            new TreeMap<>(Map.of("RESTORED", 4)),
            new BuildRecord.Said(List.of(), null, null),
            new BuildEnd(2, 0, null, StoreUse.NONE));
    Batch batch = new Batch().build(build);
    batch.changes.getFirst().seal(null, 0);
    assertEquals(
        build,
        RecordCodec.<BuildRecord>open(
            RecordTree.BUILDS,
            DatabaseKey.of(7),
            batch.changes.getFirst().value,
            (f, of) -> RecordCodec.build(DatabaseKey.of(7), f, of),
            null));
    ByteWriter out = new ByteWriter(0);
    Fields.write(out, details, RecordCodec::details);
    assertEquals(details, Fields.read(new ByteReader(out.bytes(), 0), null, RecordCodec::details));
  }
}
