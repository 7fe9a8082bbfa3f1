package dev.torc.core.run;

import static dev.torc.features.fetch.WebServer.answer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.attempt.JobState;
import dev.torc.features.fetch.WebServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 13, fetch: which host gets which header and login, and where none of them stands. */
class Section13FetchLoginTest extends FetchHarness {

  private static final String TOKEN = "ghp_0123456789";

  @TempDir Path home;

  private void headers(String headers) {
    given("get: { fetch: \"%s\", headers: %s, produces: d/x }".formatted(web.url("/x"), headers));
  }

  private static String basic(String login) {
    byte[] bytes = login.getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(bytes);
  }

  private void netrc(String text, String mode) throws IOException {
    Path file = home.resolve(".netrc");
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    env.put("HOME", home.toString());
  }

  @Test
  void headersGoToTheirHostOnly() throws IOException {
    try (WebServer other = new WebServer()) {
      other.on("/z", answer(200, DATA));
      web.on("/x", answer(307, "", "Location: /y"));
      web.on("/y", answer(307, "", "Location: " + other.url("/z")));
      env.put("TOKEN", TOKEN);
      headers("{ Authorization: \"Bearer {env.TOKEN}\", X-Of: torc }");
      build();
      fetched(DATA);
      for (WebServer.Request own : web.requests) {
        assertEquals("Bearer " + TOKEN, own.header("authorization"));
        assertEquals("torc", own.header("x-of"));
      }
      assertEquals(2, web.requests.size());
      assertEquals("", other.requests.getFirst().header("authorization"));
      assertEquals("", other.requests.getFirst().header("x-of"));
    }
  }

  @Test
  void headersDoNotCountAndNoRecordOrLogHasThem() throws IOException {
    web.on("/x", answer(307, "", "Location: /of?of=" + TOKEN));
    web.on("/of?of=" + TOKEN, answer(403, ""));
    env.put("TOKEN", TOKEN);
    headers("{ Authorization: \"Bearer {env.TOKEN}\" }");
    build();
    assertEquals(JobState.FAILED, state("get"));
    assertTrue(what("get").endsWith("/of?of=***: status 403"), what("get"));
    assertTrue(log("get").contains("/of?of=***"), log("get"));
    web.on("/x", answer(200, DATA));
    build();
    fetched(DATA);
    env.put("TOKEN", "another_0123456789");
    headers("{ Authorization: \"Bearer {env.TOKEN}\", Accept: text/csv }");
    build();
    assertEquals(JobState.UP_TO_DATE, state("get"));
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertFalse(text.contains("0123456789"), file.toString());
      }
    }
  }

  @Test
  void aHeaderWithoutItsVariableFailsTheJob() {
    web.on("/x", answer(200, DATA));
    headers("{ Authorization: \"Bearer {env.TOKEN}\" }");
    build();
    assertTrue(what("get").startsWith("TOKEN is not set"), what("get"));
    env.put("TOKEN", "two\nlines_of_text");
    build();
    assertTrue(what("get").startsWith("header Authorization: its value has"), what("get"));
    assertEquals(0, web.requests.size());
  }

  @Test
  void aLoginOfNetrcGoesToItsHost() throws IOException {
    try (WebServer other = new WebServer()) {
      other.on("/z", answer(200, DATA));
      web.on(
          "/x", answer(307, "", "Location: " + other.url("/z").replace("127.0.0.1", "localhost")));
      netrc(
          "machine localhost login it password its\nmachine 127.0.0.1 login me password word",
          "rw-------");
      fetching("", "/x");
      build();
      fetched(DATA);
      assertEquals(basic("me:word"), web.requests.getFirst().header("authorization"));
      assertEquals(basic("it:its"), other.requests.getFirst().header("authorization"));
    }
  }

  @Test
  void aHeaderAndALoginInTheUrlWinOverNetrc() throws IOException {
    web.on("/x", answer(200, DATA));
    netrc("machine 127.0.0.1 login me password word", "r--------");
    headers("{ authorization: \"Bearer {env.TOKEN}\" }");
    env.put("TOKEN", TOKEN);
    build();
    assertEquals("Bearer " + TOKEN, web.requests.getLast().header("authorization"));
    web.on("/y", answer(200, DATA));
    String url = web.url("/y").replace("http://", "http://a:b@");
    given("get: { fetch: \"" + url + "\", produces: d/x }");
    build();
    assertEquals(basic("a:b"), web.requests.getLast().header("authorization"));
  }

  @Test
  void aNetrcThatOthersCanReadIsNotUsed() throws IOException {
    web.on("/x", answer(401, ""));
    for (String mode : List.of("rw-r-----", "rw----r--", "rw--w----")) {
      netrc("machine 127.0.0.1 login me password word", mode);
      fetching("", "/x");
      build();
      assertEquals("", web.requests.getLast().header("authorization"));
      String end = ".netrc is not used: others have rights to it; chmod 600 it";
      assertTrue(what("get").endsWith(end), what("get"));
      force = true;
    }
    netrc("machine 127.0.0.1 login me password word", "rw-------");
    build();
    assertEquals(basic("me:word"), web.requests.getLast().header("authorization"));
    assertTrue(what("get").endsWith(": status 401"), what("get"));
  }
}
