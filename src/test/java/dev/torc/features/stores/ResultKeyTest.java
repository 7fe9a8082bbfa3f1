package dev.torc.features.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.SystemName;
import dev.torc.core.model.Job;
import dev.torc.front.buildfile.BuildFileLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which results are found under one key; the story {@code restored} tells the rest. */
class ResultKeyTest {

  @TempDir Path temp;

  private Job job(String text) throws IOException {
    Path yaml = Files.writeString(temp.resolve("torc.yaml"), "jobs: { a: " + text + " }\n");
    return BuildFileLoader.load(List.of(yaml), new TreeMap<>()).jobs().getFirst();
  }

  private static Digest key(Job job, String system) {
    return ResultKey.of(job, Digest.ofText("a manifest"), system, "");
  }

  @Test
  void ifAllRunsInImagesTheMachineDoesNotCount() throws IOException {
    Job host = job("{ command: x }");
    assertEquals(key(host, SystemName.here()), key(host, null));
    assertNotEquals(key(host, "another"), key(host, null));
    Job image = job("{ command: x, image: i }");
    assertEquals(key(image, "another"), key(image, null));
    assertNotEquals(key(host, null), key(image, null));
    Job both = job("{ tasks: [{ command: x, image: i }, { command: x }] }");
    assertNotEquals(key(both, "another"), key(both, null));
  }

  /** If this key changes, so must the number of the form: else torcs of both share results. */
  @Test
  void theFormIsTheFourth() throws IOException {
    assertEquals(
        "5212a5d464f8fc6f3fd0507b6c554a6d76b8ef60cf0b56056a30570acfdd1a92",
        key(job("{ command: x }"), "a system").hex());
  }
}
