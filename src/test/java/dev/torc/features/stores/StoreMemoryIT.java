package dev.torc.features.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.JavaChild;
import dev.torc.Sampled;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.front.cli.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Section 11: however large the records of a server are, a build has memory for them. */
@Sampled
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("StoreMemoryIT") // one of its tests at a time, beside other classes
class StoreMemoryIT {

  private static final int JOBS = 16;

  @TempDir Path temp;

  /** Many jobs ask at the same time, each for a record of nearly 16 MiB. */
  @Test
  void largeRecordsFitBesideASmallHeap() throws Exception {
    Path keyFile = temp.resolve("key");
    SigningWord word = SigningKey.make(keyFile);
    Path root = Files.createDirectory(temp.resolve("root"));
    StoredValue value = new StoredValue("large", "\"" + "x".repeat(15 << 20) + "\"");
    Result large =
        ResultSamples.of(ResultSamples.KEY, null, null, null, List.of(value), List.of(), List.of());
    byte[] record = SealedRecord.seal(large, List.of(), SigningKey.read(keyFile));
    Blob blob = BlobSource.bytes(record).blob();
    byte[] entry = ActionEntry.encode(blob);
    try (HostileServer server = new HostileServer()) {
      server.files.put("/cas/" + blob.name(), record);
      server.tricks.put(
          "GET /ac", // whatever the key
          out -> {
            out.write(HostileServer.head(200, entry.length));
            out.write(entry);
          });
      StringBuilder yaml = new StringBuilder();
      yaml.append(
          "stores: {keep: 0, shared: [{url: \"%s\", trust: [\"%s\"]}]}\njobs:\n"
              .formatted(server.url(), word));
      IntStream.range(0, JOBS)
          .forEach(
              i -> yaml.append("  j%d: {command: echo > o%d, produces: o%d}\n".formatted(i, i, i)));
      Files.writeString(root.resolve("torc.yaml"), yaml);
      Path said = temp.resolve("said");
      ProcessBuilder torc =
          new ProcessBuilder(
                  JavaChild.command(List.of("-Xmx512m"), Main.class, "-C", root.toString()))
              .redirectErrorStream(true)
              .redirectOutput(said.toFile());
      Process process = torc.start();
      assertTrue(process.waitFor(5, TimeUnit.MINUTES));
      String text = Files.readString(said);
      assertEquals(0, process.exitValue(), text);
      assertFalse(text.contains("memory"), text);
      assertTrue(text.contains(JOBS + " ran"), text);
      long asked = server.requests.stream().filter(each -> each.startsWith("GET /cas")).count();
      assertTrue(asked > 1, text + server.requests);
    }
  }
}
