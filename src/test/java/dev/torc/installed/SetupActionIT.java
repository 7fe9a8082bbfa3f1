package dev.torc.installed;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.Sandbox;
import dev.torc.Sandbox.Ran;
import dev.torc.Shipping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The GitHub Action of .github/actions/setup-torc: its shell steps run as a runner runs them, and
 * what it hands to the service of caches is carried from one checkout to another.
 */
@Execution(ExecutionMode.CONCURRENT)
@Shipping
class SetupActionIT {

  private static final Path ACTION = Path.of(".github/actions/setup-torc").toAbsolutePath();

  @TempDir Path temp;

  @Test
  @SuppressWarnings("unchecked")
  void installsTorcAndCarriesResults() throws Exception {
    Map<String, Object> action =
        (Map<String, Object>)
            new Load(LoadSettings.builder().build())
                .loadFromString(Files.readString(ACTION.resolve("action.yml")));
    List<Map<String, Object>> steps =
        (List<Map<String, Object>>) ((Map<String, Object>) action.get("runs")).get("steps");
    assertEquals(
        List.of("sh"), steps.stream().map(s -> s.get("shell")).filter(s -> s != null).toList());

    Sandbox first = new Sandbox(temp);
    Map<String, String> known =
        Map.of(
            "github.action_path", ACTION.toString(),
            "runner.temp", temp.resolve("runner temp").toString(),
            "inputs.url", JdkArchive.file().toString(),
            "inputs.products", "out");
    Map<String, String> env = (Map<String, String>) steps.getFirst().get("env");
    env.forEach((name, value) -> first.env.put(name, evaluated(value, known)));
    first.env.put("GITHUB_PATH", temp.resolve("path").toString());
    Ran ran = first.sh("set -e\n" + steps.getFirst().get("run"));
    assertEquals(0, ran.exit(), ran.out() + ran.err());

    Map<String, String> cache = (Map<String, String>) steps.getLast().get("with");
    Sandbox second = new Sandbox(temp);
    for (Sandbox box : List.of(first, second)) {
      box.env.remove("TORC_JAVA_HOME");
      box.env.put("PATH", Files.readString(temp.resolve("path")).strip() + ":/usr/bin:/bin");
      box.build("jobs: { a: { command: 'cp in {produces}', needs: [in], produces: [out/f] } }");
      box.write("in", "text\n");
    }
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", torc(first));
    String carry = "tar -cf - %s | tar -xf - -C '%s'";
    String paths = evaluated(cache.get("path"), known).strip().replace('\n', ' ');
    assertEquals(0, first.sh(carry.formatted(paths, second.root)).exit());
    assertEquals("1 job: 0 ran, 1 up to date, 0 failed", torc(second));
  }

  private static String torc(Sandbox box) throws Exception {
    return box.run(List.of("sh", "-c", "exec torc")).counts();
  }

  /** Replaces the expressions of a text; those that a test does not know must not occur. */
  private static String evaluated(String text, Map<String, String> known) {
    String made = text;
    for (Map.Entry<String, String> each : known.entrySet()) {
      made = made.replace("${{ " + each.getKey() + " }}", each.getValue());
    }
    if (made.contains("${{")) {
      throw new AssertionError(made);
    }
    return made;
  }
}
