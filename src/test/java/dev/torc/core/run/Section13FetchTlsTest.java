package dev.torc.core.run;

import static dev.torc.features.fetch.WebServer.answer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.attempt.JobState;
import dev.torc.features.fetch.Certified;
import dev.torc.features.fetch.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 13, fetch: https with a CA that only a file of the environment names. */
class Section13FetchTlsTest extends FetchHarness {

  @TempDir Path temp;
  private WebServer tls;
  private Path ca;

  @BeforeEach
  void certify() throws Exception {
    ca = temp.resolve("ca.pem");
    tls = Certified.server(ca);
    given("get: { fetch: \"%s\", produces: d/x }".formatted(tls.url("/x")));
  }

  @Override
  void end() throws IOException {
    super.end();
    tls.close();
  }

  @Test
  void aServerOfAnUnknownCaFailsTheJobAndTheLineSaysWhatToSet() {
    build();
    assertEquals(JobState.FAILED, state("get"));
    String line =
        ": unable to find valid certification path to requested target;"
            + " CURL_CA_BUNDLE can name a file of other CAs";
    assertEquals(tls.url("/x") + line, what("get"));
    assertEquals(List.of(), tls.requests);
  }

  @Test
  void eachVariableOfOtherToolsNamesTheFile() {
    tls.on("/x", answer(200, DATA));
    for (String name : List.of("CURL_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")) {
      env.clear();
      env.put(name, ca.toString());
      force = true;
      build();
      fetched(DATA);
    }
    assertEquals(3, tls.requests.size());
  }

  /** A file of all CAs takes longer to read than a small file to fetch. */
  @Test
  void theFileIsReadOncePerBuild() {
    env.put("SSL_CERT_FILE", ca.toString());
    tls.on(
        "/x",
        (request, out) -> {
          Files.delete(ca);
          answer(200, DATA).to(request, out);
        });
    tls.on("/z", answer(200, DATA));
    given(
        "get: { fetch: \"%s\", produces: d/x }\nnext: { fetch: \"%s\", needs: d/x, produces: z }"
            .formatted(tls.url("/x"), tls.url("/z")));
    build().ran("get", "next");
  }

  /** Java itself sends a password for a tunnel to no proxy; the launcher asks it to. */
  @Test
  void aProxyGetsItsLoginForATunnel() {
    env.put("HTTPS_PROXY", "http://me:word@127.0.0.1:" + web.port());
    String tunnel = tls.url("").replace("https://", "");
    web.on(tunnel, answer(407, ""));
    build();
    assertEquals(tls.url("/x") + ": status 407", what("get"));
    assertEquals("Basic bWU6d29yZA==", web.requests.getFirst().header("proxy-authorization"));
    assertEquals("", web.requests.getFirst().header("authorization"));
    env.put("NO_PROXY", "127.0.0.1");
    env.put("SSL_CERT_FILE", ca.toString());
    tls.on("/x", answer(200, DATA));
    build();
    fetched(DATA);
    assertEquals("", tls.requests.getFirst().header("proxy-authorization"));
  }

  @Test
  void aFileWithoutCertificatesIsAFailureThatNamesIt() {
    edit("none.pem", "");
    env.put("SSL_CERT_FILE", root.resolve("none.pem").toString());
    build();
    String none = "SSL_CERT_FILE: no certificates in " + root.resolve("none.pem");
    assertEquals(none, what("get"));
    env.put("SSL_CERT_FILE", root.resolve("missing.pem").toString());
    build();
    assertTrue(what("get").startsWith("SSL_CERT_FILE: "), what("get"));
    assertTrue(what("get").contains("missing.pem"), what("get"));
  }

  @Test
  void aRedirectToAPlainServerIsRefusedAndItIsNotAsked() {
    env.put("SSL_CERT_FILE", ca.toString());
    tls.on("/x", answer(302, "", "Location: " + web.url("/y?token=S3CRET")));
    web.on("/y?token=S3CRET", answer(200, DATA));
    build();
    String line = "%s: redirects from https to %s";
    assertEquals(line.formatted(tls.url("/x"), web.url("/y?token=***")), what("get"));
    assertEquals(List.of(), web.requests);
  }
}
