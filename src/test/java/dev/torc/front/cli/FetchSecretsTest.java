package dev.torc.front.cli;

import static dev.torc.features.fetch.WebServer.answer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.features.fetch.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 13, fetch: no secret of a URL is in anything that torc says or writes for people. */
class FetchSecretsTest {

  private static final String SECRET = "S3CRET";

  /** Queries and fragments; all but the last two have names of the contract's list. */
  private static final List<String> FORMS =
      List.of(
          "?token=S3CRET",
          "?sig=S3CRET",
          "?signature=S3CRET",
          "?password=S3CRET",
          "?secret=S3CRET",
          "?auth=S3CRET",
          "?credential=S3CRET",
          "?X-Amz-Signature=S3CRET&X-Amz-Credential=S3CRET%2F1",
          "?X-Goog-Signature=S3CRET",
          "?v=1&ACCESS_TOKEN=S3CRET",
          "?accessToken=S3CRET",
          "?%74oken=S3CRET",
          "?token[]=S3CRET",
          "?a;token=S3CRET",
          "?key=S3CRET",
          "?apiKey=S3CRET",
          "?next=http%3A%2F%2Fh%2F%3Ftoken%3DS3CRET",
          "#token=S3CRET");

  private static final List<String> COMMANDS =
      List.of(
          "why get",
          "why get --json",
          "log get",
          "log get --json",
          "list --json",
          "list -v",
          "status --json",
          "check --json",
          "graph --json",
          "graph",
          "events --json",
          "list --resources --json",
          "history --json",
          "history get --json",
          "report --json",
          "report -o page.html",
          "report --ro-crate crate",
          "build -n -v",
          "build -n --json");

  private final List<String> said = new ArrayList<>();

  private void call(Path cwd, String... words) {
    Run run = Run.of(cwd, words);
    said.add(String.join(" ", words) + "\n" + run.out() + run.err());
  }

  @Test
  void aSecretIsShownNowhere(@TempDir Path cwd) throws IOException {
    try (WebServer web = new WebServer()) {
      StringBuilder jobs = new StringBuilder("jobs:\n");
      for (int i = 0; i < FORMS.size(); i++) {
        String url = web.url("/x" + i + FORMS.get(i)).replace("//", "//me:S3CRET@");
        String[] parts = FORMS.get(i).replace("[]", "%5B%5D").split("#", -1);
        if (i % 2 == 0) { // the others answer 404
          web.on("/x" + i + parts[0], answer(200, "data"));
        }
        jobs.append("  get%d: { fetch: \"%s\", produces: x%1$d }\n".formatted(i, url));
      }
      web.on("/moved", answer(302, "", "Location: /to?token=S3CRET"));
      jobs.append("  get: { fetch: \"%s\", produces: x }\n".formatted(web.url("/moved")));
      jobs.append("  other: { fetch: \"none://me:S3CRET@h/x?sig=S3CRET\", produces: y }\n");
      Folder folder = new Folder(cwd).put("torc.yaml", jobs.toString());
      call(cwd, "build", "-v");
      folder.put("torc.yaml", "fetchers: { none: 'false {url} {produces}' }\n" + jobs);
      call(cwd, "build", "-v", "--json");
      call(cwd, "build", "-v");
      for (String command : COMMANDS) {
        call(cwd, command.split(" "));
      }
      assertTrue(web.requests.size() > FORMS.size(), said.toString());
      assertEquals("data", folder.get("x0"), said.toString());
      assertTrue(folder.has("page.html"));
      for (String each : said) {
        assertFalse(each.contains(SECRET), each);
      }
      try (Stream<Path> files = Files.walk(cwd)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          boolean own =
              file.startsWith(cwd.resolve(".torc")) && !file.toString().contains("/logs/");
          if (!own && !file.endsWith("torc.yaml")) {
            String text = new String(Files.readAllBytes(file));
            assertFalse(text.contains(SECRET), file + "\n" + text);
          }
        }
      }
    }
  }

  /** The values of such a column are not in the names, and JSON does not have them either. */
  @Test
  void aColumnOfUrlsIsNotShown(@TempDir Path cwd) throws IOException {
    try (WebServer web = new WebServer()) {
      web.on("/x?token=S3CRET", answer(200, "data"));
      Folder folder =
          new Folder(cwd)
              .put("t.csv", "run,url\nr1," + web.url("/x?token=S3CRET") + "\n")
              .put(
                  "torc.yaml",
                  "jobs: { get: { table: t.csv, fetch: \"{url}\", produces: \"{run}.fq\" } }");
      call(cwd, "build", "-v");
      assertEquals("data", folder.get("r1.fq"), said.toString());
      for (String command : COMMANDS) {
        call(cwd, command.replace(" get", " get/run=r1").split(" "));
      }
      for (String each : said) {
        assertFalse(each.contains(SECRET), each);
      }
    }
  }
}
