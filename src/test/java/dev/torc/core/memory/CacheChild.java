package dev.torc.core.memory;

import dev.torc.JavaChild;
import dev.torc.core.memory.Cache.CacheSettings;
import dev.torc.core.memory.JobResult.ManifestEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A process with a cache, for tests that need a second process, or one to kill. */
final class CacheChild {

  private CacheChild() {}

  static Process start(String... arguments) throws IOException {
    List<String> command = JavaChild.command(CacheChild.class, arguments);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  static void awaitLine(Process child, String line) throws IOException {
    BufferedReader from = child.inputReader(StandardCharsets.UTF_8);
    String read = from.readLine();
    if (!line.equals(read)) {
      throw new AssertionError("the child said " + read);
    }
  }

  /**
   * {@code lock ROOT} holds the lock, {@code lock ROOT HOST} does so as one of the hosts that share
   * the root. {@code write ROOT} commits, under the lock, pairs of results that must always be of
   * the same build, and prints the number of each commit that it knows of. {@code read FOLDER}
   * holds a snapshot of a database.
   */
  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("read")) {
      RecordStore reader = RecordStore.look(Path.of(arguments[1]), 1 << 20);
      System.out.println("reading");
      Thread.sleep(Long.MAX_VALUE);
      reader.close();
    }
    Path root = Path.of(arguments[1]);
    ThisHost host = arguments.length > 2 ? OneHost.at(root, arguments[2]) : ThisHost.system();
    CachePlace place = CachePlace.find(root, Map.of(), host);
    var me = new BuildLock.Holder(ProcessHandle.current().pid(), "child", "torc build");
    BuildLock lock =
        BuildLock.acquire(place, me, false); // as a build does, until this process ends
    if (arguments[0].equals("lock")) {
      System.out.println("locked");
      Thread.sleep(Long.MAX_VALUE);
      lock.close();
    }
    Cache cache =
        CacheOpening.forWork(
            place, System.err::println, new CacheSettings(1 << 16, "boot", () -> 0));
    System.out.println("writing");
    for (long i = cache.nextBuildNumber(); ; i++) {
      long number = i;
      String build = "b" + i;
      cache.put(
          Samples.all("left" + i % 97, build)
              .result("right" + i % 97, Samples.result("r", build), Samples.details("r", build))
              .list(
                  Samples.digest("list" + i % 97), List.of(new ManifestEntry(1, build, null, null)))
              .build(Samples.build(i))
              .onCommit(
                  failure -> {
                    if (failure == null) {
                      System.out.println(number);
                    }
                  }));
      if (i % 7 == 0) {
        cache.flush();
      }
    }
  }
}
