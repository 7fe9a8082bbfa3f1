package dev.torc.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Measures the first build of a job that needs one large file, beside {@code openssl dgst -sha256}
 * of that file alone, and whether a later build in which nothing runs reads any byte of it. For the
 * former the file is in memory, so the disk has no part in the times.
 */
final class HashContest {

  /** Key of the extra number: bytes of the file that a build reads if no job has to run. */
  static final String READ = "bytes of the file that a no-op reads";

  private static final String BIG = "big.bin";
  private static final int BLOCK = 1 << 20; // bytes

  private final Meter meter;
  private final List<String> torc;
  private final Layout layout;
  private final Path log;
  private final Consumer<String> progress;

  /**
   * @param torc the command of a build
   * @param work an absolute folder
   */
  HashContest(Meter meter, List<String> torc, Path work, Consumer<String> progress) {
    this.meter = meter;
    this.torc = List.copyOf(torc);
    this.layout = new Layout(graph(), Tool.TORC, work.resolve("hash"));
    this.log = work.resolve("hash.log");
    this.progress = progress;
  }

  /** One job that copies a note and needs the large file, which {@link #write} makes. */
  private static Graph graph() {
    TreeMap<String, String> sources = new TreeMap<>();
    sources.put("note.in", "a note\n");
    Rule rule = Rule.copy("note.in", "note.out", List.of("note.in", BIG));
    return new Graph(
        "hash", sources, List.of(), List.of(rule), new Edit("note.in", "another note %d\n", 1, 1));
  }

  /** Measures with a file of {@code size} bytes, which is removed afterwards. */
  Result play(long size, int rounds, List<Target> targets)
      throws IOException, InterruptedException {
    Result result =
        new Result("hash", "first hash of one file of " + (size >> 20) + " MiB", targets);
    try {
      layout.remove();
      layout.write();
      long free = Files.getFileStore(layout.dir()).getUsableSpace();
      if (free < size + size / 2) {
        throw new IOException(
            "the disk has room for %d MiB only; see --hash-size".formatted(free >> 20));
      }
      progress.accept("writing a file of " + (size >> 20) + " MiB");
      write(size);
      // round 0 brings the file into memory and does not count
      for (int round = 0; round <= rounds; round++) {
        progress.accept("hash, round %d of %d".formatted(round, rounds));
        Usage theirs = round % 2 == 0 ? openssl() : null;
        layout.forget();
        Usage ours = meter.run(layout.dir(), log, torc);
        theirs = theirs == null ? openssl() : theirs;
        if (round > 0) {
          result.add("torc", ours);
          result.add("openssl", theirs);
        }
      }
      readAgain(result);
    } catch (IOException e) {
      result.fault(e.getMessage());
    } finally {
      layout.remove();
      Files.deleteIfExists(log);
    }
    return result;
  }

  private Usage openssl() throws IOException, InterruptedException {
    return meter.run(layout.dir(), log, List.of("openssl", "dgst", "-sha256", BIG));
  }

  /** Writes the large file: bytes that look random, the same each time, synced to the disk. */
  private void write(long size) throws IOException {
    Random random = new Random(size);
    byte[] block = new byte[BLOCK];
    try (FileChannel out =
        FileChannel.open(
            layout.dir().resolve(BIG), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      random.nextBytes(block);
      for (long at = 0; at < size; at += BLOCK) {
        ByteBuffer.wrap(block).putLong(0, at);
        ByteBuffer part = ByteBuffer.wrap(block, 0, (int) Math.min(BLOCK, size - at));
        while (part.hasRemaining()) {
          out.write(part);
        }
      }
      out.force(true);
    }
  }

  /**
   * Drops the file from memory, builds when no job has to run, and counts the bytes that are in
   * memory again: so each read counts, by whatever call.
   */
  private void readAgain(Result result) throws IOException, InterruptedException {
    if (Bench.onPath("fincore") == null || Bench.onPath("dd") == null) {
      result.note("what a no-op reads of it is not known: that needs fincore (util-linux) and dd");
      return;
    }
    List<String> drop = List.of("dd", "if=" + BIG, "iflag=nocache", "count=0");
    meter.run(layout.dir(), log, drop);
    if (resident() > 0) {
      result.note("what a no-op reads of it is not known: this file system keeps it in memory");
      return;
    }
    var before = layout.products();
    meter.run(layout.dir(), log, torc);
    if (layout.rewritten(before) > 0) {
      throw new IOException("torc ran the job again where nothing had changed");
    }
    result.extra(READ, resident());
  }

  /** How many bytes of the file are in memory. */
  private long resident() throws IOException, InterruptedException {
    meter.run(layout.dir(), log, List.of("fincore", "--bytes", "--noheadings", "-o", "RES", BIG));
    return Long.parseLong(Files.readString(log, StandardCharsets.US_ASCII).strip());
  }
}
