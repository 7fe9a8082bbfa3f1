package dev.torc.base.web;

import dev.torc.base.text.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Connections to servers by the environment's proxies, CA files and {@code .netrc}, which
 * java.net.http does not read: for all downloads of a build, or for one shared store. A file of CAs
 * takes long to read, so an instance serves many requests.
 */
public final class WebClient implements AutoCloseable {

  private static final int MOST_REDIRECTS = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private static final List<String> CA_FILES =
      List.of("CURL_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE");

  private final Map<String, String> env;
  private final Proxies proxies;
  private final HttpClient client;
  private Netrc netrc; // read with the first request that may need it; guarded by this

  /** Reads the CA file of an environment; {@code connect} is the time limit of a connection. */
  public WebClient(Map<String, String> env, Duration connect) {
    this.env = env;
    this.proxies = new Proxies(env);
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1) // or it would offer h2c to plain servers
            .followRedirects(HttpClient.Redirect.NEVER) // which would take headers elsewhere
            .connectTimeout(connect)
            .proxy(proxies);
    CA_FILES.stream()
        .filter(name -> !env.getOrDefault(name, "").isEmpty())
        .findFirst()
        .ifPresent(name -> builder.sslContext(trusting(name, Path.of(env.get(name)))));
    this.client = builder.build();
  }

  /**
   * Sends a request, and those that redirects ask for; the body of the answer is yet to come.
   *
   * @param own more headers, which go to no host but the first
   */
  public HttpResponse<InputStream> get(
      WebAddress first, Map<String, String> headers, Map<String, String> own)
      throws IOException, InterruptedException {
    WebAddress address = first;
    for (int i = 0; i <= MOST_REDIRECTS; i++) {
      boolean there = address.host().equals(first.host()) && address.isSealed();
      HttpRequest.Builder request = request(address, headers, there ? own : Map.of());
      HttpResponse<InputStream> answer = send(address.uri(), request);
      String location = answer.headers().firstValue("Location").orElse("");
      if (!REDIRECTS.contains(answer.statusCode()) || location.isEmpty()) {
        return answer;
      }
      answer.body().close();
      address = address.redirected(location);
    }
    throw new WebRefusal(first.shown() + ": more than 10 redirects");
  }

  /** Returns by which proxy an address is reached, for a message; empty for none. */
  public String way(URI address) {
    WebAddress proxy = proxies.of(address);
    return proxy == null ? "" : " by proxy " + proxy.host();
  }

  /** Returns the end of a message about a failed request; empty without a hint. */
  public static String hint(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof GeneralSecurityException) {
        return "; CURL_CA_BUNDLE can name a file of other CAs";
      }
    }
    return "";
  }

  /**
   * Sends one request to an address and follows no redirect; the body of the answer is yet to come.
   */
  public HttpResponse<InputStream> send(URI to, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    WebAddress proxy = proxies.of(to);
    login(request, "Proxy-Authorization", proxy == null ? null : proxy.plainLogin());
    return client.send(request.uri(to).build(), BodyHandlers.ofInputStream());
  }

  /** Returns why the {@code .netrc} has no login for any host, for a message; empty if it may. */
  public String unusedLogins() {
    return netrc().unused();
  }

  private synchronized Netrc netrc() {
    netrc = netrc == null ? Netrc.of(env) : netrc;
    return netrc;
  }

  private HttpRequest.Builder request(
      WebAddress address, Map<String, String> headers, Map<String, String> own) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder()
            .header("User-Agent", "torc")
            .header("Accept", "*/*")
            .header("Accept-Encoding", "identity");
    headers.forEach(request::header);
    own.forEach(request::setHeader);
    if (own.keySet().stream().noneMatch("Authorization"::equalsIgnoreCase)) {
      String login = address.plainLogin();
      login(request, "Authorization", login == null ? netrc().login(address) : login);
    }
    return request;
  }

  private static void login(HttpRequest.Builder request, String header, String login) {
    if (login != null) {
      byte[] bytes = login.getBytes(StandardCharsets.UTF_8);
      request.header(header, "Basic " + Base64.getEncoder().encodeToString(bytes));
    }
  }

  /** Ends all connections; an exchange under way fails. */
  @Override
  public void close() {
    client.shutdownNow();
  }

  private static SSLContext trusting(String variable, Path file) {
    try {
      InputStream in = new ByteArrayInputStream(Files.readAllBytes(file)); // it asks byte by byte
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry(Integer.toString(trusted.size()), each);
      }
      if (trusted.size() == 0) {
        throw new GeneralSecurityException("empty");
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException e) {
      throw new WebRefusal(variable + ": " + Refusal.line(e));
    } catch (GeneralSecurityException e) {
      throw new WebRefusal("%s: no certificates in %s".formatted(variable, file));
    }
  }
}
