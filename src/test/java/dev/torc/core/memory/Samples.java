package dev.torc.core.memory;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.Stamp;
import dev.torc.base.machine.Series;
import dev.torc.base.machine.Series.Usage;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.memory.BuildRecord.StoreUse;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.Ran;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.features.stores.StoredResults;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Records of every kind, each made from a name, so that tests can tell them from each other. */
final class Samples {

  /** Names that programs have stumbled over: the last three share their first 600 bytes. */
  static final List<String> NAMES =
      List.of(
          "",
          "a",
          " lead and trail ",
          "new\nline",
          "tab\t'single' \"double\" `back` $dollar \\slash",
          "-rf",
          "train/lr=0.1,seed=3",
          "😀/é/漢字",
          "x".repeat(479),
          "x".repeat(480),
          "x".repeat(481),
          "é".repeat(240),
          "é".repeat(241),
          "long/" + "y".repeat(5000),
          "long/" + "y".repeat(5000) + "1",
          "long/" + "y".repeat(5000) + "2");

  private Samples() {}

  static Digest digest(String text) {
    try {
      return Digest.of(
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static Stamp stamp(String name, long ctime) {
    return new Stamp(
        Stamp.FileKind.FILE,
        name.length() % 2 == 0,
        name.length(),
        ctime - 1,
        ctime,
        name.hashCode());
  }

  static KnownDigest known(String name) {
    return new KnownDigest(stamp(name, 1_700_000_000_000_000_000L), digest(name), true);
  }

  static JobResult result(String name, String build) {
    return new JobResult(
        JobResult.Outcome.values()[name.length() % JobResult.Outcome.values().length],
        build,
        digest("manifest " + name),
        List.of(
            new RecordedProduct(name + ".out", Stamp.FileKind.FILE, digest(name + build), 1, null),
            new RecordedProduct(name + "/", Stamp.FileKind.FOLDER, digest(name), 1L << 40, null),
            new RecordedProduct(
                name + ".bin", Stamp.FileKind.FILE, digest(name).executable(), 0, "é"),
            new RecordedProduct("gone", Stamp.FileKind.MISSING, null, 0, null)),
        new JobResult.RunNeeds(List.of(name + ".h", "b.h"), List.of(name), List.of(name)),
        name.length() * 1_000_003L,
        name.length() % 2 == 0);
  }

  static RunDetails details(String name, String build) {
    return new RunDetails(
        List.of(
            new ManifestEntry(1, "command", null, "cc " + name),
            new ManifestEntry(-2, name, "", "z".repeat(name.length() % 4 == 0 ? 6000 : 60)),
            new ManifestEntry(Integer.MAX_VALUE, "", "é", "😀")),
        List.of(new ManifestEntry(0, build, null, null)),
        "",
        new Ran(7, 1_700_000_000_000L, -1, 9, -1, Long.MAX_VALUE, 3),
        null,
        null,
        List.of(name));
  }

  static StoredResults<String> stored(Cache cache) {
    return new StoredResults<>(cache, (fields, of) -> fields.text(1, of, text -> text));
  }

  static OwnedPath owned(String name) {
    return new OwnedPath(
        name,
        Stamp.FileKind.FOLDER,
        digest(name),
        "job " + name,
        name.length() % 2 == 1 ? OwnedPath.Whose.USER : OwnedPath.Whose.TORC,
        digest("git"),
        name.length());
  }

  static BuildRecord build(long number) {
    return new BuildRecord(
        new BuildId("id" + number, number),
        5,
        new TreeMap<>(Map.of("ran", 3, "failed", 0)),
        new BuildRecord.Said(List.of("torc.yaml", "site.yaml"), digest("said"), "c0ffee+"),
        new BuildRecord.BuildEnd(-1, -1, "machine " + number, StoreUse.NONE));
  }

  static AttemptRecord attempt(long build, long sequence) {
    return new AttemptRecord(
        new AttemptRecord.Id(build, sequence, "job " + sequence, 2),
        new AttemptRecord.End(JobResult.Outcome.OUT_OF_MEMORY, -1, 9),
        new AttemptRecord.Times(1_700_000_000_000L, 17, 1_000_000_007L),
        new Usage(1, 2, -1, 4, 5, sequence % 3 - 1, sequence % 2 == 0 ? -1 : 8L << 30),
        new AttemptRecord.Where("node7", sequence % 2 == 0 ? null : "slurm"),
        new AttemptRecord.Asked(4, 5L << 30, 1, 60_000_000_000L),
        new AttemptRecord.Why(
            sequence == 0 ? List.of() : List.of(new ManifestEntry(6, "in", "1", "2")),
            (int) sequence));
  }

  static Series series() {
    Series series = new Series(5);
    series.add(new Series.Point(1_000_000_000, 99, 1 << 20, -1, -1));
    return series;
  }

  /** All records of a name, in one batch. */
  static Batch all(String name, String build) {
    return new Batch()
        .stamp(name, known(name))
        .result(name, result(name, build), details(name, build))
        .own(owned(name));
  }

  /** Removes the records of a job's last run and of the values that it stored. */
  static Batch noResult(String job) {
    byte[] key = DatabaseKey.of(job);
    return new Batch()
        .drop(RecordTree.RESULTS, key)
        .drop(RecordTree.DATA, key)
        .drop(RecordTree.DETAILS, key);
  }

  /** Printable names of many lengths, the same for each seed. */
  static String name(Random random) {
    int length = 1 + random.nextInt(random.nextInt(20) == 0 ? 700 : 40);
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < length; i++) {
      name.append((char) ('a' + random.nextInt(26)));
    }
    return name.toString();
  }
}
