package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.syntax.BadInput;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code {env.NAME}} in values of {@code env}: the caller's value, as written in the manifest. */
class CallerValueTest extends Harness {

  private final List<String> seen = new ArrayList<>();

  private void withEnv(String env) {
    given("a: { command: make, needs: [x], produces: [a.out], env: { %s } }".formatted(env));
    edit("x", "1");
    job(
        "a",
        stub -> {
          seen.add(stub.env("V"));
          return work(stub);
        });
  }

  @Test
  void theCallersValueReachesTheJobAndMakesNothingRun() {
    withEnv("V: 'tools:{env.RANDOM_WALK}'");
    env.put("RANDOM_WALK", "one");
    build().ran("a");
    env.put("RANDOM_WALK", "two");
    build().ran();
    assertEquals("up to date", look().get("a"));
    force = true;
    build();
    env.remove("RANDOM_WALK");
    build();
    assertEquals(List.of("tools:one", "tools:two", "tools:"), seen);
  }

  @Test
  void theManifestHasItAsItIsWritten() {
    withEnv("V: 'tools:{env.A}'");
    build();
    withEnv("V: 'tools:{env.B}'");
    assertEquals("will run: setting changed env V", look().get("a"));
    build();
    assertEquals("tools:{env.A}", reasons("a").getFirst().old());
    assertEquals("tools:{env.B}", reasons("a").getFirst().now());
  }

  @Test
  void aTextThatLooksLikeItIsAnother() {
    withEnv("V: '{{env.A}}'");
    env.put("A", "one");
    build();
    withEnv("V: '{env.A}'");
    assertEquals("will run: setting changed env V", look().get("a"));
    build();
    assertEquals(List.of("{env.A}", "one"), seen);
  }

  @Test
  void standsInValuesOfEnvOnly() {
    for (String job :
        List.of(
            "a: { command: 'echo {env.HOME}' }",
            "a: { command: [echo, '{env.HOME}'] }",
            "a: { command: make, needs: ['{env.HOME}/x'] }",
            "a: { command: make, tags: '{env.HOME}' }")) {
      given(job);
      String message = assertThrows(BadInput.class, this::look).getMessage();
      assertTrue(
          message.endsWith(
              ": {env.HOME} stands in values of env only; write env: {HOME: \"{env.HOME}\"}, and"
                  + " $HOME in a command"),
          message);
      assertTrue(message.startsWith("torc.yaml:2:"), message);
    }
  }

  @Test
  void aVarMayHaveTheName() {
    givenFile("vars: { env: prod }\njobs: { a: { command: 'make {env}', env: { V: '{env}' } } }");
    job(
        "a",
        stub -> {
          seen.add(stub.command() + " " + stub.env("V"));
          return stub.exit(0);
        });
    build();
    assertEquals(List.of("make prod prod"), seen);
  }
}
