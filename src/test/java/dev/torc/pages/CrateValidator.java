package dev.torc.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The validator of RO-Crate, where {@code .ci/run} put it. It gets no network: the one context that
 * it would fetch comes from a package that is installed beside it.
 */
final class CrateValidator {

  private static final Path PROGRAMS = Path.of("target", "rocrate", "bin").toAbsolutePath();

  /** Puts the context into the cache of the validator as if it had been fetched. */
  private static final String FETCHED =
      """
      import importlib.util, io, pathlib, sys
      import requests, urllib3
      from requests.adapters import BaseAdapter, HTTPAdapter
      from requests_cache import CachedSession

      package = pathlib.Path(importlib.util.find_spec("rocrate").origin).parent
      text = (package / "data" / "ro-crate.jsonld").read_bytes()

      class Kept(BaseAdapter):
          def send(self, request, **_):
              head = {"Content-Type": "application/ld+json"}
              raw = urllib3.HTTPResponse(io.BytesIO(text), head, 200, preload_content=False)
              return HTTPAdapter().build_response(request, raw)
          def close(self):
              pass

      session = CachedSession(cache_name=sys.argv[1], backend="sqlite", expire_after=-1)
      session.mount("https://w3id.org/", Kept())
      print(session.get("https://w3id.org/ro/crate/1.1/context").json()["@id"])
      """;

  private final Sandbox at;
  private final Path cache;

  private CrateValidator(Sandbox at, Path cache) {
    this.at = at;
    this.cache = cache;
  }

  /** Finds the validator, and gives it the context. Skips the test without one, but fails in CI. */
  static CrateValidator find(Sandbox at, Path temp) throws Exception {
    boolean there = Files.isExecutable(PROGRAMS.resolve("rocrate-validator"));
    if (!there && "true".equals(System.getenv("CI"))) {
      fail("the validator of RO-Crate is not installed: see .ci/run");
    }
    assumeTrue(there, "the validator of RO-Crate is not in target/rocrate: .ci/run puts it there");
    Path cache = Files.createTempDirectory(temp, "http").resolve("cache");
    String python = PROGRAMS.resolve("python").toString();
    Ran ran = at.run(List.of(python, "-c", FETCHED, cache.toString()));
    assertEquals("https://w3id.org/ro/crate/1.1/context\n", ran.out(), ran.err());
    return new CrateValidator(at, cache);
  }

  /**
   * What it finds in a crate.
   *
   * @param severity {@code required}, or {@code recommended} to hear of more
   * @return entity and message of each finding; none for a crate that fits the profile
   */
  List<String> findings(String crate, String profile, String severity) throws Exception {
    Path answer = Files.createTempFile(cache.getParent(), "answer", ".json");
    Ran ran =
        at.run(
            List.of(
                PROGRAMS.resolve("rocrate-validator").toString(),
                "--no-interactive",
                "validate",
                "--offline",
                "--cache-path=" + cache,
                "--profile-identifier=" + profile,
                "--requirement-severity=" + severity,
                "--output-format=json",
                "--output-file=" + answer,
                crate));
    JsonNode all = new ObjectMapper().readTree(Files.readString(answer));
    if (all == null || !all.path("issues").isArray()) {
      throw new AssertionError("no answer: " + ran.out() + ran.err());
    }
    List<String> findings = new ArrayList<>();
    for (JsonNode issue : all.get("issues")) {
      findings.add(issue.path("violatingEntity").asText() + ": " + issue.path("message").asText());
    }
    assertEquals(findings.isEmpty() ? 0 : 1, ran.exit(), ran.out() + ran.err());
    return findings.stream().sorted().toList();
  }
}
