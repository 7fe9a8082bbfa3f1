package dev.torc.features.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server with TLS whose certificate only a file names. */
public final class Certified {

  private static final String WORD = "password";

  private Certified() {}

  /** Starts a server for 127.0.0.1, and writes its certificate to {@code ca}. */
  public static WebServer server(Path ca) throws Exception {
    Path store = ca.resolveSibling("store");
    String pair = "-genkeypair -keyalg EC -groupname secp256r1 -validity 2 -dname CN=torc";
    keytool(store, pair + " -ext SAN=ip:127.0.0.1 -storetype PKCS12");
    keytool(store, "-exportcert -rfc -file " + ca);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, WORD.toCharArray());
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, WORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), null, null);
    return new WebServer(context);
  }

  private static void keytool(Path store, String words) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(words.split(" ")));
    command.addAll(List.of("-alias", "torc", "-keystore", store.toString(), "-storepass", WORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), said);
  }
}
