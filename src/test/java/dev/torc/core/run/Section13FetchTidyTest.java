package dev.torc.core.run;

import static dev.torc.features.fetch.WebServer.answer;
import static dev.torc.features.fetch.WebServer.cut;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Digest;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Section 13, fetch: {@code .torc/fetch} keeps nothing of files that no job fetches anymore. */
class Section13FetchTidyTest extends FetchHarness {

  private String name(String product) {
    return Digest.ofText(root.resolve(product).toString()).hex().substring(0, 32);
  }

  @Test
  void theFirstDownloadOfABuildRemovesWhatOtherJobsLeft() {
    web.on("/x", cut(DATA, 9, "ETag: \"1\""));
    web.on("/z", answer(200, DATA));
    fetching("", "/x");
    build();
    assertEquals(JobState.FAILED, state("get"));
    assertEquals(9, partSize());
    given("other: { fetch: \"%s\", produces: d/z }".formatted(web.url("/z")));
    build().ran("other");
    assertEquals("", left());
  }

  @Test
  void bytesOfAJobThatIsNotATargetStay() {
    web.on("/x", cut(DATA, 9, "ETag: \"1\""));
    web.on("/z", answer(200, DATA));
    given(
        "get: { fetch: \"%s\", produces: d/x }\nother: { fetch: \"%s\", produces: d/z }"
            .formatted(web.url("/x"), web.url("/z")));
    build();
    assertEquals(9, partSize());
    build("other");
    assertEquals(9, partSize());
  }

  /** The state names the bytes; nothing but such a file beside a product is removed by it. */
  @Test
  void bytesBesideAProductGoToo() {
    String near = name("far/x");
    edit("far/.torc-fetch-" + near, "some");
    edit("far/mine", "some");
    edit(
        ".torc/fetch/" + near + ".from",
        "url boot\n" + root.resolve("far/.torc-fetch-" + near) + "\n\"1\"\n");
    edit(
        ".torc/fetch/" + name("far/y") + ".from",
        "url boot\n" + root.resolve("far/mine") + "\n\"1\"\n");
    web.on("/x", answer(200, DATA));
    fetching("", "/x");
    build();
    fetched(DATA);
    assertEquals("", left());
    assertFalse(Files.exists(root.resolve("far/.torc-fetch-" + near)));
    assertTrue(Files.exists(root.resolve("far/mine")));
  }
}
