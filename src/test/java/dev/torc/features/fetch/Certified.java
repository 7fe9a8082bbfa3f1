package dev.torc.features.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A server with TLS whose certificate only a file names. All have the same pair of keys, since each
 * call of {@code keytool} is a JVM of its own.
 */
public final class Certified {

  private static final String ALIAS = "torc";
  private static final String WORD = "password";

  /** Loaded with the first server: the pair of keys of all. */
  private static final class Pair {
    static final KeyStore KEYS = make();

    private static KeyStore make() {
      try {
        Path folder = Files.createTempDirectory("keys-");
        Path store = folder.resolve("store");
        keytool(store);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
          keys.load(in, WORD.toCharArray());
        }
        Files.delete(store);
        Files.delete(folder);
        return keys;
      } catch (IOException | GeneralSecurityException | InterruptedException e) {
        throw new AssertionError("no pair of keys", e);
      }
    }

    private static void keytool(Path store) throws IOException, InterruptedException {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
      String pair = "-genkeypair -keyalg EC -groupname secp256r1 -validity 2 -dname CN=torc";
      command.addAll(List.of((pair + " -ext SAN=ip:127.0.0.1 -storetype PKCS12").split(" ")));
      command.addAll(List.of("-alias", ALIAS, "-keystore", store.toString(), "-storepass", WORD));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), said);
    }
  }

  private Certified() {}

  /** Starts a server for 127.0.0.1, and writes its certificate to {@code ca}. */
  public static WebServer server(Path ca) throws Exception {
    byte[] certificate = Pair.KEYS.getCertificate(ALIAS).getEncoded();
    String text = Base64.getMimeEncoder().encodeToString(certificate);
    Files.writeString(ca, "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n");
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(Pair.KEYS, WORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), null, null);
    return new WebServer(context);
  }
}
