package dev.torc.features.stores;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Stamp;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.Origin;
import dev.torc.core.memory.JobResult.Restorable;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.memory.RecordedProduct;
import java.util.List;

/** Shared results that tests send, fetch and spoil. */
final class ResultSamples {

  static final Digest KEY = Digest.ofText("a key");

  private ResultSamples() {}

  /** A product of these bytes. */
  static RecordedProduct file(String path, String bytes) {
    return RecordedProduct.file(path, Digest.ofText(bytes), bytes.getBytes().length);
  }

  /** A result with nothing but products. */
  static Result of(RecordedProduct... products) {
    return of(KEY, products);
  }

  /** A result with nothing but products, under a key. */
  static Result of(Digest key, RecordedProduct... products) {
    return of(key, null, null, null, List.of(), List.of(), List.of(), products);
  }

  /** A result with all that a test may choose. */
  static Result of(
      Digest key,
      Digest first,
      RecordedProduct depfile,
      Blob log,
      List<StoredValue> data,
      List<String> found,
      List<String> programs,
      RecordedProduct... products) {
    return new Result(
        new Restorable(key, first, programs, products.length, log != null, depfile),
        "work",
        new Result.Outputs(
            List.of(products),
            log == null ? null : RecordedProduct.file("", log.digest(), log.size()),
            data),
        new Result.ReadInputs(Digest.ofText("a manifest"), found, List.of()),
        new Origin("", 7, "host", 1_700_000_000_000L, ""),
        new Result.Spent(5_000_000_000L, -1, -1),
        null);
  }

  /** A copy of a result whose job took so many nanoseconds. */
  static Result lasting(long wall, Result of) {
    return new Result(
        of.terms(),
        of.job(),
        of.outputs(),
        of.inputs(),
        of.origin(),
        new Result.Spent(wall, of.spent().cpu(), of.spent().peak()),
        of.root());
  }

  /** A result with some of everything. */
  static Result whole() {
    RecordedProduct program = RecordedProduct.file("out/run", Digest.ofText("run").executable(), 3);
    return new Result(
        new Restorable(
            KEY,
            Digest.ofText("a first key"),
            List.of("gcc /usr/bin/gcc 4711 1"),
            5,
            true,
            file("out/run.d", "run: run.c")),
        "train/lr=0.1,seed=3",
        new Result.Outputs(
            List.of(
                RecordedProduct.folder(
                    "out/folder é",
                    Digest.ofText("the folder's"),
                    List.of(
                        RecordedProduct.inner("a"),
                        file("a-b", ""),
                        file("a/one", "1"),
                        RecordedProduct.link("a/two", "../a-b"),
                        RecordedProduct.inner("empty"))),
                new RecordedProduct("out/link", Stamp.FileKind.FILE, program.digest(), 3, "run"),
                program),
            RecordedProduct.file("", Digest.ofText("all it wrote"), 12),
            List.of(new StoredValue("loss", "0.25"), new StoredValue("text", "two\nlines"))),
        new Result.ReadInputs(
            Digest.ofText("a manifest"),
            List.of("/usr/include/stdio.h", "../shared/a.h", "run.h").stream().sorted().toList(),
            List.of(
                new ManifestEntry(1, "command", null, "gcc run.c"),
                new ManifestEntry(2, "need", "", "run.c 3f2a91c"))),
        new Origin("", 9, "node7", -1, ""),
        new Result.Spent(Long.MAX_VALUE, 8, 9),
        "/home/me/project");
  }
}
