package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.torc.base.digests.Digest;
import dev.torc.core.attempt.JobState;
import dev.torc.features.fetch.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A project with a web server, a job {@code get} that fetches from it, and a reader {@code use}.
 */
class FetchHarness extends Harness {

  static final String DATA = "some data of another place";

  WebServer web;

  @BeforeEach
  void serve() throws IOException {
    web = new WebServer();
  }

  @AfterEach
  void end() throws IOException {
    web.close();
  }

  static String sha(String text) {
    return Digest.ofText(text).hex();
  }

  /** Gives a job that fetches {@code x} from these paths, and one that reads it. */
  void fetching(String sha, String... paths) {
    List<String> urls = Stream.of(paths).map(path -> "\"" + web.url(path) + "\"").toList();
    given(
        "get: { fetch: %s, %sproduces: d/x }\nuse: { command: use, needs: d/x, produces: y }"
            .formatted(urls, sha.isEmpty() ? "" : "sha256: " + sha + ", "));
  }

  String log(String job) {
    return read(".torc/logs/" + job + ".log");
  }

  void fetched(String content) {
    assertEquals(JobState.RAN, state("get"), () -> notes().toString());
    assertEquals(content, read("d/x"));
    assertFalse(Files.exists(root.resolve(".torc/fetch")) && !left().isEmpty(), left());
  }

  /** The names of temporary files. */
  String left() {
    try (Stream<Path> all = Files.list(root.resolve(".torc/fetch"))) {
      Stream<String> names = all.map(path -> path.getFileName().toString());
      return String.join(" ", names.filter(name -> !name.endsWith(".from")).toList());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  long partSize() {
    try (Stream<Path> all = Files.list(root.resolve(".torc/fetch"))) {
      return all.filter(path -> !path.toString().endsWith(".from"))
          .mapToLong(path -> path.toFile().length())
          .sum();
    } catch (IOException e) {
      return 0;
    }
  }
}
