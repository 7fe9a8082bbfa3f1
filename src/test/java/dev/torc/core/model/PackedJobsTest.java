package dev.torc.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.front.buildfile.BuildFileLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that are kept as bytes come back equal, at every index, however many there are. */
class PackedJobsTest {

  private static final int MANY = 16_384 + 100; // more than are kept as read

  @TempDir private Path root;

  @Test
  void jobsComeBackAtEveryIndex() throws IOException {
    List<Job> read = jobs(3);
    WorkflowCodec codec = new WorkflowCodec();
    List<byte[]> packed = new ArrayList<>();
    for (int j = 0; j < MANY; j++) {
      packed.add(codec.packed(read.get(j % 3)));
    }
    for (int size : new int[] {0, 1, 3, 64, MANY}) {
      PackedJobs jobs = PackedJobs.of(codec, packed.subList(0, size));
      assertEquals(size, jobs.size());
      for (int step : new int[] {1, 64, 4096}) {
        for (int j = 0; j < size; j += step) {
          Job job = read.get(j % 3);
          assertEquals(job, jobs.get(j));
          assertEquals(job.labels(), jobs.labels(j));
          assertEquals(job.links(), jobs.links(j));
        }
      }
    }
  }

  @Test
  void someComeBackInAnotherOrder() throws IOException {
    List<Job> read = jobs(2);
    WorkflowCodec codec = new WorkflowCodec();
    PackedJobs packed = PackedJobs.of(codec, read.stream().map(codec::packed).toList());
    assertEquals(
        List.of(read.get(1), read.get(0), read.get(1)),
        PackedJobs.pick(packed, new int[] {1, 0, 1}));
  }

  private List<Job> jobs(int count) throws IOException {
    StringBuilder text = new StringBuilder("jobs:\n");
    for (int j = 0; j < count; j++) {
      text.append("  j%d:\n    command: [cp, é%d, \"{produces}\"]\n".formatted(j, j));
      text.append(
          "    needs: é%d\n    produces: o%d\n    retries: %d\n    tools: cp\n".formatted(j, j, j));
    }
    Path file = root.resolve("torc.yaml");
    Files.writeString(file, text);
    return List.copyOf(BuildFileLoader.load(List.of(file), new TreeMap<>()).jobs());
  }
}
