package dev.torc.core.memory;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;
import dev.torc.base.bytes.Fields;
import dev.torc.base.bytes.Fields.Form;
import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.Stamp;
import dev.torc.base.machine.Series;
import dev.torc.base.machine.Series.Usage;
import dev.torc.core.memory.AttemptRecord.Asked;
import dev.torc.core.memory.AttemptRecord.End;
import dev.torc.core.memory.AttemptRecord.Id;
import dev.torc.core.memory.AttemptRecord.PostedEvent;
import dev.torc.core.memory.AttemptRecord.Times;
import dev.torc.core.memory.AttemptRecord.Where;
import dev.torc.core.memory.AttemptRecord.Why;
import dev.torc.core.memory.BuildRecord.BuildEnd;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.memory.BuildRecord.Said;
import dev.torc.core.memory.BuildRecord.StoreUse;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.Origin;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.memory.JobResult.Ran;
import dev.torc.core.memory.JobResult.Restorable;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.JobResult.RunNeeds;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import java.util.zip.CRC32C;

/**
 * Turns records into bytes and back. A record is a CRC32C of its tree, key and content; then its
 * name, if the key does not contain all of it; then {@linkplain Fields fields}. Each record is
 * described once, for both writing and reading. A record that cannot be read is null, as if it were
 * missing.
 *
 * <p>A later torc may add fields with new tags, which this version skips. A missing field is 0,
 * null or empty, so no enum constant is written as 0. Tags and forms are never changed or reused;
 * such a change needs a new {@link RecordStore#SCHEMA}. The items of a list may be numbers of
 * {@link SharedTexts}. If torc cannot resolve such a number, the record counts as missing.
 */
final class RecordCodec {

  static final int SUM = Integer.BYTES;
  private static final Stamp.FileKind[] KINDS = Stamp.FileKind.values();
  private static final OwnedPath.Whose[] WHOSE = OwnedPath.Whose.values();
  private static final Outcome[] OUTCOMES = Outcome.values();

  private RecordCodec() {}

  /** Describes a record that is stored partly in its key. */
  interface Keyed<K, T> {
    T pass(K key, Fields fields, T record);
  }

  /** Encodes a record. {@code name} is null if the key is not made from a name. */
  static <T> byte[] seal(
      RecordTree tree,
      byte[] key,
      String name,
      T record,
      Form<T> form,
      ToIntFunction<String> numbers) {
    ByteWriter out = new ByteWriter(SUM);
    if (name != null && DatabaseKey.shortened(key)) {
      out.text(name);
    }
    Fields.write(out, record, numbers, form);
    byte[] value = out.bytes();
    ByteBuffer.wrap(value).putInt(sum(tree, key, value));
    return value;
  }

  static <T> T open(
      RecordTree tree, byte[] key, byte[] value, Form<T> form, IntFunction<String> texts) {
    return named(tree, key, value, (_, fields, of) -> form.pass(fields, of), texts);
  }

  /** Returns the record; null if the value is null, fails its checksum or cannot be read. */
  static <T> T named(
      RecordTree tree, byte[] key, byte[] value, Keyed<String, T> form, IntFunction<String> texts) {
    if (value == null
        || value.length < SUM
        || ByteBuffer.wrap(value).getInt() != sum(tree, key, value)) {
      return null;
    }
    return ByteReader.orNull( // null if a later torc wrote a constant that this one does not know
        value,
        SUM,
        in -> {
          String name = DatabaseKey.shortened(key) ? in.text() : DatabaseKey.name(key);
          return Fields.read(in, texts, (fields, of) -> form.pass(name, fields, of));
        });
  }

  static int sum(RecordTree tree, byte[] key, byte[] value) {
    CRC32C crc = new CRC32C();
    crc.update(tree.ordinal());
    crc.update(key, 0, key.length);
    crc.update(value, SUM, value.length - SUM);
    return (int) crc.getValue();
  }

  static KnownDigest known(Fields fields, KnownDigest of) {
    Stamp stamp = of == null ? null : of.stamp();
    return new KnownDigest(
        new Stamp(
            fields.constant(1, stamp, Stamp::kind, KINDS),
            fields.flag(2, stamp, Stamp::executable),
            fields.number(3, stamp, Stamp::size),
            fields.number(4, stamp, Stamp::mtime),
            fields.number(5, stamp, Stamp::ctime),
            fields.number(6, stamp, Stamp::inode)),
        fields.digest(7, of, KnownDigest::digest),
        fields.flag(8, of, KnownDigest::safe));
  }

  static JobResult result(Fields fields, JobResult of) {
    RunNeeds needs = of == null ? null : of.needs();
    Outcome outcome = fields.constant(1, of, JobResult::outcome, OUTCOMES);
    String build = fields.text(2, of, JobResult::build);
    Digest manifest = fields.digest(3, of, JobResult::manifest);
    List<RecordedProduct> products = fields.list(4, of, JobResult::products, RecordedProduct::form);
    List<String> found = fields.shared(5, needs, RunNeeds::found);
    List<String> moved = fields.texts(6, needs, RunNeeds::moved);
    long wall = fields.number(7, of, JobResult::wall);
    boolean traced = fields.flag(8, of, JobResult::traced);
    RunNeeds all = new RunNeeds(found, moved, fields.texts(9, needs, RunNeeds::lost));
    return new JobResult(outcome, build, manifest, products, all, wall, traced);
  }

  static RunDetails details(Fields fields, RunDetails of) {
    return written(fields, of, List.of());
  }

  /** Passes the details of a run. Manifest lines about the {@code found} needs are shared texts. */
  static RunDetails written(Fields fields, RunDetails of, List<String> found) {
    Ran ran = of == null ? null : of.ran();
    return new RunDetails(
        ManifestEntry.lines(fields, 1, of, RunDetails::manifest, found),
        fields.list(2, of, RunDetails::reasons, ManifestEntry::form),
        fields.text(3, of, RunDetails::what),
        new Ran(
            fields.number(4, ran, Ran::build),
            fields.number(5, ran, Ran::started),
            fields.small(6, ran, Ran::exit),
            fields.small(7, ran, Ran::signal),
            fields.number(8, ran, Ran::cpu),
            fields.number(9, ran, Ran::peak),
            fields.small(10, ran, Ran::attempts)),
        fields.one(11, of, RunDetails::restorable, Restorable::form),
        fields.one(12, of, RunDetails::origin, Origin::form),
        fields.texts(13, of, RunDetails::read));
  }

  static List<StoredValue> data(Fields fields, List<StoredValue> of) {
    return fields.list(1, of, values -> values, StoredValue::form);
  }

  static PostedEvent posted(byte[] key, Fields fields, PostedEvent of) {
    ByteBuffer at = ByteBuffer.wrap(key);
    return new PostedEvent(
        at.getLong(),
        at.getLong(),
        fields.number(1, of, PostedEvent::time),
        fields.text(2, of, PostedEvent::job),
        fields.small(3, of, PostedEvent::attempt),
        fields.text(4, of, PostedEvent::text));
  }

  static AttemptRecord attempt(byte[] key, Fields fields, AttemptRecord of) {
    ByteBuffer at = ByteBuffer.wrap(key);
    Id id = of == null ? null : of.id();
    End end = of == null ? null : of.end();
    Times times = of == null ? null : of.times();
    Usage usage = of == null ? null : of.usage();
    Where where = of == null ? null : of.where();
    Asked asked = of == null ? null : of.asked();
    Why why = of == null ? null : of.why();
    AttemptRecord attempt =
        new AttemptRecord(
            new Id(
                at.getLong(),
                at.getLong(),
                fields.text(1, id, Id::job),
                fields.small(2, id, Id::attempt)),
            new End(
                fields.constant(3, end, End::outcome, OUTCOMES),
                fields.small(4, end, End::exit),
                fields.small(5, end, End::signal)),
            new Times(
                fields.number(6, times, Times::started),
                fields.number(7, times, Times::queued),
                fields.number(8, times, Times::wall)),
            new Usage(
                fields.number(9, usage, Usage::user),
                fields.number(10, usage, Usage::system),
                fields.number(11, usage, Usage::peak),
                fields.number(12, usage, Usage::read),
                fields.number(13, usage, Usage::written)),
            new Where(fields.text(14, where, Where::host), fields.text(15, where, Where::executor)),
            new Asked(
                fields.small(16, asked, Asked::cpus),
                fields.number(17, asked, Asked::memory),
                fields.small(18, asked, Asked::gpus),
                fields.number(19, asked, Asked::runtime)),
            new Why(
                fields.list(20, why, Why::reasons, ManifestEntry::form),
                fields.small(21, why, Why::count)));
    long gpu = fields.number(22, usage, all -> all.gpu() + 1) - 1; // -1 if the field is missing
    long gpuMemory = fields.number(23, usage, all -> all.gpuMemory() + 1) - 1;
    return gpu < 0 && gpuMemory < 0 ? attempt : attempt.withGpus(gpu, gpuMemory);
  }

  static Series series(Fields fields, Series of) {
    byte[] bytes = fields.bytes(1, of, Series::bytes);
    return of != null || bytes == null ? of : Series.of(bytes);
  }

  static OwnedPath owned(String path, Fields fields, OwnedPath of) {
    return new OwnedPath(
        path,
        fields.constant(1, of, OwnedPath::kind, KINDS),
        fields.digest(2, of, OwnedPath::digest),
        fields.text(3, of, OwnedPath::job),
        WHOSE[fields.small(4, of, owned -> owned.whose().ordinal())],
        fields.digest(5, of, OwnedPath::git),
        fields.number(6, of, OwnedPath::build));
  }

  static BuildRecord build(byte[] key, Fields fields, BuildRecord of) {
    BuildId id = new BuildId(fields.text(1, of, build -> build.id().id()), DatabaseKey.number(key));
    BuildEnd end = of == null ? null : of.end();
    long started = fields.number(2, of, BuildRecord::started);
    long nanos = fields.number(3, end, BuildEnd::nanos);
    SortedMap<String, Integer> counts = new TreeMap<>();
    fields
        .list(4, of, build -> List.copyOf(build.counts().entrySet()), RecordCodec::count)
        .forEach(count -> counts.put(count.getKey(), count.getValue()));
    int exit = fields.small(5, end, BuildEnd::exit);
    List<String> files = fields.texts(6, of, BuildRecord::files);
    String machine = fields.text(7, end, BuildEnd::machine);
    StoreUse use = fields.one(8, end, it -> it.use().isNone() ? null : it.use(), StoreUse::form);
    Digest variables = fields.digest(9, of, build -> build.said().variables());
    Said said = new Said(files, variables, fields.text(10, of, build -> build.said().commit()));
    BuildEnd ended = new BuildEnd(nanos, exit, machine, use == null ? StoreUse.NONE : use);
    return new BuildRecord(id, started, counts, said, ended);
  }

  private static Map.Entry<String, Integer> count(Fields fields, Map.Entry<String, Integer> of) {
    return Map.entry(
        fields.text(1, of, Map.Entry::getKey), fields.small(2, of, Map.Entry::getValue));
  }
}
