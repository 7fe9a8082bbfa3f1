package dev.torc.features.stores;

import dev.torc.base.digests.Digest;
import dev.torc.base.text.SafeText;
import dev.torc.base.web.WebClient;
import dev.torc.base.web.WebRefusal;
import dev.torc.features.stores.StoreRefusal.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;

/**
 * A shared store on a server, by Bazel's protocol over HTTP/1.1: {@code GET}, {@code HEAD} and
 * {@code PUT} under {@code /ac} and {@code /cas}. A redirect is a failure: it would send the
 * headers to another address. A server of this machine is reached without a proxy, since its
 * requests are not encrypted. {@link StoreCall} limits the time of an answer, and {@link
 * SharedStore} decides which records count.
 */
final class HttpStore implements StorePlace {

  private static final Duration CONNECT = Duration.ofSeconds(2);

  private static final int NOT_FOUND = 404;
  private static final Set<Integer> TAKEN = Set.of(200, 201, 202, 204);

  /** How many unneeded bytes of an answer are read so that the connection can be reused. */
  private static final int DROPPED = 1 << 16;

  private final HttpAddress address;
  private final Map<String, String> env;

  private WebClient client; // made with the first request; guarded by this

  /** Prepares a store; {@code env} is the caller's environment. */
  HttpStore(HttpAddress address, Map<String, String> env) {
    this.address = address;
    this.env = env;
  }

  @Override
  public String name() {
    return address.toString();
  }

  @Override
  public boolean isFar() {
    return true;
  }

  private synchronized WebClient client() {
    if (client == null) {
      client = new WebClient(address.isPlain() ? Map.of() : env, CONNECT);
    }
    return client;
  }

  @Override
  public InputStream open(String in, Digest name, StoreRequest request) throws StoreRefusal {
    HttpResponse<InputStream> answer = send(in, name, HttpRequest.newBuilder().GET(), request);
    if (answer.statusCode() == 200) {
      return answer.body();
    }
    drop(answer);
    if (answer.statusCode() == NOT_FOUND) {
      return null;
    }
    throw status("GET", answer);
  }

  @Override
  public StoreRefusal broken(IOException e) {
    String why = e.getMessage() == null ? "" : ": " + SafeText.line(e.getMessage(), 200);
    return StoreRefusal.failed("its answer broke off" + why);
  }

  @Override
  public boolean has(Blob blob, StoreRequest request) throws StoreRefusal {
    HttpResponse<InputStream> answer =
        send(BLOBS, blob.digest(), HttpRequest.newBuilder().HEAD(), request);
    drop(answer);
    String own = Long.toString(blob.size());
    String size = answer.headers().firstValue("Content-Length").orElse(own);
    return answer.statusCode() == 200 && size.equals(own);
  }

  @Override
  public void put(String kind, Digest name, BlobSource source, StoreRequest request)
      throws StoreRefusal {
    // The body is never empty: an empty blob is inside its record.
    BodyPublisher body =
        BodyPublishers.fromPublisher(
            BodyPublishers.ofInputStream(() -> body(source, request)), source.blob().size());
    HttpResponse<InputStream> answer =
        send(kind, name, HttpRequest.newBuilder().PUT(body), request);
    drop(answer);
    if (!TAKEN.contains(answer.statusCode())) {
      throw status("PUT", answer);
    }
  }

  private static InputStream body(BlobSource source, StoreRequest request) {
    try {
      return source.open(request);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<InputStream> send(
      String kind, Digest name, HttpRequest.Builder ask, StoreRequest request) throws StoreRefusal {
    URI to = address.resolve(kind, name.hex());
    address.headers().forEach(ask::header);
    try {
      HttpResponse<InputStream> answer = client().send(to, ask);
      request.begin();
      return answer;
    } catch (InterruptedException e) {
      throw StoreRefusal.failed("it was given up"); // the call has stopped waiting
    } catch (IllegalArgumentException e) { // the client cannot parse a header
      throw StoreRefusal.failed("its answer has an invalid header");
    } catch (WebRefusal e) {
      throw new StoreRefusal(e.getMessage(), Failure.LASTING);
    } catch (IOException e) {
      throw failure(e, client().way(to));
    }
  }

  private static void drop(HttpResponse<InputStream> answer) {
    try (InputStream body = answer.body()) {
      if (body != null) { // a proxy's answer has none
        body.readNBytes(DROPPED);
      }
    } catch (IOException e) {
      return; // the status was already received
    }
  }

  private static StoreRefusal status(String method, HttpResponse<?> answer) {
    int status = answer.statusCode();
    String why =
        switch (status / 100) {
          case 3 -> "; redirects are not followed";
          case 4 ->
              status == 401 || status == 403
                  ? "; it wants other headers"
                  : status == 407 ? "; its proxy wants a login" : "";
          default -> "";
        };
    return StoreRefusal.failed("it answered " + method + " with " + status + why);
  }

  private static StoreRefusal unreached(String line) {
    return new StoreRefusal(line, Failure.UNREACHED);
  }

  /** Returns the failure of a request; {@code way} says by which proxy, or is empty. */
  private static StoreRefusal failure(IOException e, String way) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof BlobStream.Broken) {
        return BlobSource.unreadable();
      }
      if (cause instanceof HttpConnectTimeoutException) {
        return unreached("cannot connect in 2 s" + way);
      }
      if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
        return unreached("host not found" + way);
      }
      if (cause instanceof SSLException) { // the message of e is often useless
        String why = String.valueOf(cause.getMessage());
        return StoreRefusal.failed(
            "TLS fails" + way + ": " + SafeText.line(why, 200) + WebClient.hint(cause));
      }
    }
    String why = e.getMessage();
    if (e instanceof ConnectException) {
      return unreached(
          "cannot connect" + way + (why == null ? "" : ": " + SafeText.line(why, 200)));
    }
    return StoreRefusal.failed(
        why == null ? e.getClass().getSimpleName() : SafeText.line(why, 200));
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.close();
      client = null;
    }
  }
}
