package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.engine.StubRunner.Held;
import dev.torc.hash.Digest;
import dev.torc.plan.Reason;
import dev.torc.syntax.BadInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Values and hooks of instances and of whole groups. */
class GroupDataTest extends Harness {

  private static final String TRAIN =
      """
      train:
        parameters: { lr: [0.1, 0.01], seed: { lines: seeds.txt } }
        command: train {lr} {seed}
        needs: [x]
      """;

  /** Lets an instance store its loss, which is a text of its needs. */
  private void storing(String... instances) {
    for (String instance : instances) {
      job(
          instance,
          stub -> {
            String line = "loss=" + stub.read("x").strip() + "\n";
            Files.writeString(Path.of(stub.env("TORC_OUTPUT")), line);
            return stub.exit(0);
          });
    }
  }

  private void sweep(String more) {
    given(TRAIN + more);
    edit("x", "1");
    edit("seeds.txt", "1\n");
    storing("train/lr=0.01,seed=1", "train/lr=0.1,seed=1", "train/lr=0.1,seed=2");
    storing("train/lr=0.01,seed=2");
  }

  private String data(String job) throws Exception {
    return Files.readString(Path.of(held.started().env("TORC_DATA")));
  }

  private Held held;

  @Test
  void theValuesOfAGroupAreAMapFromItsInstances() throws Exception {
    sweep("best: { command: make best, needs: [{ data: train.loss }], produces: [best.out] }\n");
    held = hold("best");
    Building building = start();
    assertEquals("{\"train.loss\":{\"lr=0.01,seed=1\":1,\"lr=0.1,seed=1\":1}}", data("best"));
    held.go();
    building.await();
    usual("best");
    settled();
    edit("seeds.txt", "1\n2\n");
    build().ran("train/lr=0.01,seed=2", "train/lr=0.1,seed=2", "best");
    assertEquals(
        "data changed train/lr=0.01,seed=2.loss; data changed train/lr=0.1,seed=2.loss",
        why("best"));
    edit("seeds.txt", "2\n1\n");
    settled();
    edit("seeds.txt", "2\n");
    build().ran("best");
  }

  /** Which of the instances changed, came or went, however long the map is. */
  @Test
  void aChangedValueOfAGroupNamesTheInstances() {
    sweep(
        """
        best: { command: make best, needs: [{ data: train.loss }], produces: [best.out] }
        part: { command: make part, needs: [{ data: train/lr=0.1.loss }], produces: [part.out] }
        """);
    for (String filler : List.of("", "000000000000".repeat(20))) {
      edit("x", "1" + filler);
      edit("seeds.txt", "1\n");
      build();
      edit("seeds.txt", "1\n2\n");
      build();
      job(
          "train/lr=0.1,seed=1",
          stub -> {
            Files.writeString(Path.of(stub.env("TORC_OUTPUT")), "loss=7\n");
            return stub.exit(0);
          });
      edit("seeds.txt", "1\n");
      force = true;
      build("train/lr=0.1,seed=1");
      force = false;
      build().ran("best", "part");
      String gone = "Reason[kind=DATA_CHANGED, name=train/lr=0.1,seed=2.loss, old=%s, now=]";
      String old = filler.isEmpty() ? "1" : "sha256 " + Digest.ofText("1" + filler).hex();
      assertEquals(
          List.of(
              "Reason[kind=DATA_CHANGED, name=train/lr=0.1,seed=1.loss, old=%s, now=7]"
                  .formatted(old),
              gone.formatted(old)),
          reasons("part").stream().map(Object::toString).toList());
      assertEquals(
          List.of(
              "train/lr=0.1,seed=1.loss", "train/lr=0.01,seed=2.loss", "train/lr=0.1,seed=2.loss"),
          reasons("best").stream().map(Reason::name).toList());
      settled();
      storing("train/lr=0.1,seed=1");
    }
  }

  @Test
  void aPartOfAGroupAndOneInstanceCanBeNamed() throws Exception {
    sweep(
        """
        part: { command: make part, needs: [{ data: train/lr=0.1.loss }], produces: [part.out] }
        each:
          parameters: { lr: [0.1, 0.01] }
          command: "each {data.train/lr={lr},seed=1.loss}"
          produces: [each-$lr]
        """);
    held = hold("part");
    Held each = hold("each/lr=0.01");
    Building building = start();
    assertEquals("{\"train/lr=0.1.loss\":{\"lr=0.1,seed=1\":1}}", data("part"));
    assertEquals("each 1", each.started().command());
    held.go();
    each.go();
    building.await();
    usual("part");
    usual("each/lr=0.01");
    job(
        "train/lr=0.01,seed=1",
        stub -> {
          Files.writeString(Path.of(stub.env("TORC_OUTPUT")), "loss=other\n");
          return stub.exit(0);
        });
    edit("x", "1\n");
    build().ran("train/lr=0.01,seed=1", "train/lr=0.1,seed=1", "each/lr=0.01");
  }

  @Test
  void anInstanceThatDidNotStoreTheKeyFailsTheReaderByName() {
    sweep("best: { command: make best, needs: [{ data: train.loss }], produces: [best.out] }\n");
    usual("train/lr=0.1,seed=1");
    build();
    assertEquals(JobState.FAILED, state("best"));
    assertTrue(
        what("best").startsWith("need data train/lr=0.1,seed=1.loss was not stored by job train/"),
        what("best"));
  }

  @Test
  void aGroupWithoutInstancesHasAnEmptyMap() throws Exception {
    sweep("best: { command: make best, needs: [{ data: train.loss }], produces: [best.out] }\n");
    edit("seeds.txt", "");
    held = hold("best");
    Building building = start();
    assertEquals("{\"train.loss\":{}}", data("best"));
    held.go();
    building.await();
  }

  @Test
  void instancesThatOnlyResultsShowAreWaitedFor() throws Exception {
    given(
        """
        find: { command: make find, needs: [x], produces: [seeds.txt] }
        train: { parameters: { seed: { lines: seeds.txt } }, command: train, needs: [x] }
        best: { command: make best, needs: [{ data: train.loss }], produces: [best.out] }
        """);
    edit("x", "1");
    job(
        "find",
        stub -> {
          stub.write("seeds.txt", "7\n8\n");
          return stub.exit(0);
        });
    storing("train/seed=7", "train/seed=8");
    held = hold("best");
    Building building = start();
    assertEquals("{\"train.loss\":{\"seed=7\":1,\"seed=8\":1}}", data("best"));
    held.go();
    building.await();
    usual("best");
    settled();
  }

  @Test
  void aValueOfAnUnknownPartIsAnError() {
    sweep("best: { command: make best, needs: [{ data: train/lt=0.1.loss }] }\n");
    String message = assertThrows(BadInput.class, this::build).getMessage();
    assertTrue(message.contains("lt"), message);
  }

  @Test
  void hooksOfAGroupRunOnceBeforeItsFirstAndAfterItsLastInstance() {
    List<String> called = Collections.synchronizedList(new ArrayList<>());
    sweep("");
    edit("seeds.txt", "1\n2\n");
    givenFile(
        """
        hooks:
          - { on: ready, job: train, command: READY, required: true }
          - { on: done, job: train, command: DONE }
          - { on: success, job: train, command: GOOD }
          - { on: failure, job: train, command: BAD }
        jobs:
        """
            + TRAIN.indent(2));
    for (String hook : List.of("READY", "DONE", "GOOD", "BAD")) {
      job(
          hook,
          stub -> {
            called.add(hook + " " + stub.env("TORC_STATUS") + " " + stub.env("TORC_RAN"));
            return stub.exit(0);
          });
    }
    build();
    assertEquals("READY running 0", called.removeFirst());
    Collections.sort(called);
    assertEquals(List.of("DONE success 4", "GOOD success 4"), called);
    called.clear();
    settled();
    assertEquals(List.of(), called);
    failing("train/lr=0.1,seed=2");
    edit("x", "2");
    build();
    assertEquals("READY running 0", called.removeFirst());
    Collections.sort(called);
    assertEquals(List.of("BAD failure 3", "DONE failure 3"), called);
  }
}
