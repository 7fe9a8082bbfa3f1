package dev.torc.workflow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.bytes.ByteReader;
import dev.torc.syntax.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Jobs that are kept as bytes come back equal, at every index, however many there are. */
class PackedJobsTest {

  private static final int MANY = 16_384 + 100; // more than are kept as read

  @Test
  void jobsComeBackAtEveryIndex() {
    WorkflowCodec codec = new WorkflowCodec();
    List<byte[]> packed = new ArrayList<>();
    for (int j = 0; j < MANY; j++) {
      packed.add(codec.packed(job(j)));
    }
    for (int size : new int[] {0, 1, 3, 64, MANY}) {
      PackedJobs jobs = PackedJobs.of(codec, packed.subList(0, size));
      assertEquals(size, jobs.size());
      for (int step : new int[] {1, 64, 4096}) {
        for (int j = 0; j < size; j += step) {
          assertEquals(job(j), jobs.get(j));
        }
      }
    }
  }

  @Test
  void someComeBackInAnotherOrder() {
    WorkflowCodec codec = new WorkflowCodec();
    PackedJobs jobs = PackedJobs.of(codec, List.of(codec.packed(job(0)), codec.packed(job(1))));
    assertEquals(List.of(job(1), job(0), job(1)), PackedJobs.pick(jobs, new int[] {1, 0, 1}));
    assertEquals("j7", codec.name(new ByteReader(codec.packed(job(7)), 0)));
  }

  private static Job job(int j) {
    Place place = new Place("torc.yaml", j + 1, 3);
    Step step =
        new Step(
            new Step.Command.Words(List.of(Template.of("echo"), Template.of("é" + j))),
            ".",
            new TreeMap<>(),
            List.of("sh", "-c"),
            "");
    Item need = new Item("", place, List.of(new Ref.OfFile(place, "in" + j)));
    return new Job(
        "j" + j,
        place,
        List.of(step),
        List.of(need),
        List.of(),
        List.of(),
        List.of(
            new Tool(
                place, "t" + j, List.of("bin/t" + j), j % 2 == 0 ? null : Template.of("bin"), ".")),
        new Resources(j + 1, 0, 0, 0, new TreeMap<>(), 0, 0),
        new Retry(j % 3, Set.of(), Set.of(), 0, 1, 1, null),
        null,
        false,
        false,
        j % 2 == 0,
        false,
        j % 3 == 0,
        false,
        false,
        -j,
        List.of(),
        "",
        null,
        new TreeMap<>());
  }
}
