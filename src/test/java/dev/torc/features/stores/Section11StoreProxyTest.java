package dev.torc.features.stores;

import static dev.torc.features.fetch.WebServer.answer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Digest;
import dev.torc.features.fetch.Certified;
import dev.torc.features.fetch.WebServer;
import dev.torc.features.stores.SharedStores.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 11: a shared store obeys the proxies and CA files of the environment, as fetch does. */
class Section11StoreProxyTest {

  private static final Digest KEY = Digest.ofText("a key");

  @TempDir Path temp;
  private Path ca;
  private WebServer web;
  private WebServer tls;

  @BeforeEach
  void serve() throws Exception {
    ca = temp.resolve("ca.pem");
    web = new WebServer();
    tls = Certified.server(ca);
  }

  @AfterEach
  void end() throws IOException {
    web.close();
    tls.close();
  }

  /** Returns why the store has no result; an empty text if it answered that it has none. */
  private String miss(WebServer server, Map<String, String> env) throws Exception {
    StoreSettings store =
        new StoreSettings(
            null,
            null,
            server.url("/c"),
            Map.of("Authorization", "Bearer s3cret"),
            null,
            List.of());
    String miss;
    do { // a busy machine may not connect in time
      try (Outbox box = new Outbox(temp, env, store)) {
        miss = box.get(KEY, temp).replace("store " + server.url("/c") + ": ", "");
      }
    } while (miss.equals("cannot connect in 2 s"));
    return miss;
  }

  @Test
  void aFileOfTheEnvironmentNamesTheCa() throws Exception {
    String unknown = "unable to find valid certification path to requested target";
    assertEquals(
        "TLS fails: " + unknown + "; CURL_CA_BUNDLE can name a file of other CAs",
        miss(tls, Map.of()).replaceFirst("(TLS fails: )(?:\\([^)]*\\) )?.*?(?=unable)", "$1"));
    assertEquals("", miss(tls, Map.of("SSL_CERT_FILE", ca.toString())));
    assertEquals("Bearer s3cret", tls.requests.getLast().header("authorization"));
    Files.writeString(ca, "");
    assertEquals(
        "SSL_CERT_FILE: no certificates in " + ca, miss(tls, Map.of("SSL_CERT_FILE", "" + ca)));
  }

  @Test
  void onlyTheProxyGetsItsLoginAndItGetsNoHeaderOfTheStore() throws Exception {
    String proxy = "http://me:word@127.0.0.1:" + web.port();
    web.on(tls.url("").replace("https://", ""), answer(407, ""));
    Map<String, String> env = Map.of("https_proxy", proxy, "SSL_CERT_FILE", ca.toString());
    assertEquals("it answered GET with 407; its proxy wants a login", miss(tls, env));
    assertEquals("Basic bWU6d29yZA==", web.requests.getFirst().header("proxy-authorization"));
    assertEquals("", web.requests.getFirst().header("authorization"));
    assertEquals(List.of(), tls.requests);
    Map<String, String> direct =
        Map.of("https_proxy", proxy, "no_proxy", "127.0.0.1", "SSL_CERT_FILE", ca.toString());
    assertEquals("", miss(tls, direct));
    assertEquals("", tls.requests.getFirst().header("proxy-authorization"));
  }

  @Test
  void aProxyThatIsMissingIsNamedWithoutItsLogin() throws Exception {
    int free = web.port();
    web.close();
    String line = miss(tls, Map.of("https_proxy", "http://me:word@127.0.0.1:" + free));
    assertTrue(line.startsWith("cannot connect by proxy 127.0.0.1:" + free), line);
    assertEquals(
        "the proxy for https must be an http:// URL",
        miss(tls, Map.of("https_proxy", "socks5://me:word@h")));
  }

  /** Its headers would leave the machine unencrypted. */
  @Test
  void aServerOfThisMachineWithoutTlsIsReachedByNoProxy() throws Exception {
    assertEquals("", miss(web, Map.of("http_proxy", "http://127.0.0.1:1")));
    assertEquals("/c/ac/" + KEY.hex(), web.requests.getFirst().target());
  }
}
