package dev.torc.features.fetch;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.run.AttemptFailure;
import dev.torc.features.fetch.Fetch.FetchedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The download of one file to a temporary place, where a later attempt continues it. What is there
 * is never believed: it is continued only if the server shows the same strong validator again, and
 * after a restart of the machine not at all. {@link FetchPart} moves it to its place.
 */
final class Download {

  private static final int TRIES = 4;
  private static final int REDIRECTS = 10;
  private static final long FIRST_DELAY = 250; // milliseconds; each further one is 4 times as long
  private static final long LONGEST_DELAY = 600_000; // milliseconds
  private static final Pattern RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

  /**
   * What the downloads of an attempt share.
   *
   * @param fetcher fetches by the command of a scheme that is not the web's
   * @param boot the id of this boot of the machine
   * @param stop is zero when the attempt must end
   */
  record Means(
      WebClient web, Fetcher fetcher, String boot, CountDownLatch stop, Consumer<String> log) {}

  interface Fetcher {
    void fetch(WebAddress address, String url, Path part) throws IOException;
  }

  private final FetchedFile source;
  private final FetchPlace place;
  private final Path part;
  private final String present;
  private final Means means;
  private boolean continued; // whether the file begins with bytes of an earlier request
  private boolean unchanged; // whether the product in place is still the server's
  private List<String> validator; // URL, header and value, by which the server can say so later
  private volatile InputStream body;
  private volatile long moved; // when bytes last arrived
  private volatile long bytes;
  private volatile long total = -1;
  private long ticked; // guarded by this, like the next two
  private long before = -1; // bytes at the last tick; -1 for none
  private String rate = "";

  /**
   * @param present the digest of the product in place, if the server may say that it is unchanged;
   *     else empty
   */
  Download(FetchedFile source, FetchPlace place, String present, Means means) {
    this.source = source;
    this.place = place;
    this.part = place.part();
    this.present = present;
    this.means = means;
  }

  /** A failure after which the same request may succeed; -1 stands for the usual delay. */
  private static final class Again extends IOException {
    private static final long serialVersionUID = 1;
    private final long delay; // milliseconds

    Again(String message, long delay) {
      super(message);
      this.delay = delay;
    }
  }

  /** Downloads the file; throws an {@link AttemptFailure} that names the first URL's failure. */
  void run() throws IOException {
    unchanged = !present.isEmpty() && present.equals(source.sha256());
    boolean fixed = !source.sha256().isEmpty();
    if (unchanged || fixed && OwnFile.exists(part) && digest().equals(source.sha256())) {
      return; // complete, and another file of the job failed
    }
    AttemptFailure first = null;
    for (String url : source.urls()) {
      try {
        from(WebAddress.of(url), url);
        return;
      } catch (AttemptFailure e) {
        means.log.accept(e.getMessage());
        first = first == null ? e : first;
      }
    }
    int more = source.urls().size() - 1;
    throw more == 0
        ? first
        : new AttemptFailure(first.getMessage() + ", and " + Amount.count(more, "other URL"));
  }

  /** Returns whether the product in place stays, since the server has no other bytes. */
  boolean isUnchanged() {
    return unchanged;
  }

  private void from(WebAddress address, String url) throws IOException {
    for (boolean again = true; ; again = false) {
      pause(0);
      if (address.isWeb()) {
        request(address);
      } else {
        FileTree.remove(part);
        means.fetcher.fetch(address, url, part);
      }
      OwnFile.remove(place.state());
      String is = source.sha256().isEmpty() ? "" : digest();
      if (is.equals(source.sha256())) {
        return;
      }
      Files.delete(part);
      if (!continued || !again) {
        throw new AttemptFailure(
            "sha256 is %s, not %s: %s".formatted(is, source.sha256(), address.shown()));
      }
      means.log.accept("the continued file has the wrong sha256; fetching it from the beginning");
    }
  }

  private String digest() throws IOException {
    return Digest.of(DigestUtils.digest(DigestUtils.getSha256Digest(), part)).hex();
  }

  /** Requests the file until it is complete, at most {@link #TRIES} times. */
  private void request(WebAddress address) throws IOException {
    long delay = FIRST_DELAY;
    for (int tries = 1; ; tries++) {
      try {
        get(address);
        return;
      } catch (SSLHandshakeException e) {
        String line = "%s: %s; SSL_CERT_FILE can name a file of other CAs";
        throw new AttemptFailure(line.formatted(address.shown(), why(e)));
      } catch (IOException e) {
        long wait = e instanceof Again given && given.delay >= 0 ? given.delay : delay;
        String line = address.shown() + ": " + why(e);
        if (tries == TRIES || wait > LONGEST_DELAY) {
          String end = tries == 1 ? "; it asks to wait longer than 10 min" : " (%d tries)";
          throw new AttemptFailure(line + end.formatted(tries));
        }
        means.log.accept(line + "; trying again");
        pause(wait);
        delay *= 4;
      }
    }
  }

  private static String why(IOException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "host not found";
      }
    }
    return e.getMessage() == null ? "cannot connect" : SafeText.line(e.getMessage(), 200);
  }

  /** Sends one request and those that its redirects ask for, and stores the answer. */
  private void get(WebAddress first) throws IOException {
    String of = Digest.ofText(first.uri().toString()).hex() + " ";
    String known = place.known(of + means.boot);
    long from = known.isEmpty() ? 0 : Files.size(part);
    Map<String, String> headers =
        from > 0
            ? Map.of("Range", "bytes=" + from + "-", "If-Range", known)
            : present.isEmpty() ? Map.of() : place.asking(of + present);
    WebAddress address = first;
    HttpResponse<InputStream> answer = means.web.get(address, headers);
    for (int i = 0; List.of(301, 302, 303, 307, 308).contains(answer.statusCode()); i++) {
      answer.body().close();
      String location = answer.headers().firstValue("Location").orElse("");
      try {
        if (i == REDIRECTS || location.isEmpty()) {
          throw new IOException(
              i == REDIRECTS ? "more than 10 redirects" : "a redirect without Location");
        }
        address = address.redirected(location);
      } catch (IOException e) {
        throw new AttemptFailure(first.shown() + ": " + e.getMessage());
      }
      answer = means.web.get(address, headers);
    }
    moved = System.nanoTime();
    try (InputStream in = answer.body()) {
      body = in;
      HttpHeaders got = answer.headers();
      int status = answer.statusCode();
      means.log.accept("%s: %d".formatted(address.shown(), status));
      unchanged = status == 304 && from == 0 && !headers.isEmpty();
      if (unchanged) {
        return;
      } else if (status == 206 && from > 0 && continues(got, from, known)) {
        continued = true;
      } else if (status == 200) {
        Files.deleteIfExists(part); // first, so that the state is never that of other bytes
        place.begin(of + means.boot, strong(got));
        from = 0;
        continued = false;
        total = got.firstValueAsLong("Content-Length").orElse(-1);
      } else {
        refuse(address, status, got, from > 0);
      }
      String tag = got.firstValue("ETag").orElse("");
      String time = got.firstValue("Last-Modified").orElse("");
      validator =
          tag.isEmpty()
              ? List.of(of, "If-Modified-Since", time)
              : List.of(of, "If-None-Match", tag);
      store(in, from);
    }
  }

  /** Returns a strong ETag, else the time of the last change; empty for neither. */
  private static String strong(HttpHeaders headers) {
    String tag = headers.firstValue("ETag").orElse("");
    return tag.startsWith("\"") ? tag : headers.firstValue("Last-Modified").orElse("");
  }

  private boolean continues(HttpHeaders headers, long from, String known) {
    Matcher range = RANGE.matcher(headers.firstValue("Content-Range").orElse(""));
    if (!range.matches() || !range.group(1).equals("" + from) || !strong(headers).equals(known)) {
      return false;
    }
    total = range.group(2).equals("*") ? -1 : Long.parseLong(range.group(2));
    return true;
  }

  /** Throws for an answer without the file. */
  private void refuse(WebAddress address, int status, HttpHeaders headers, boolean ranged)
      throws IOException {
    if (ranged && (status == 206 || status == 416)) {
      OwnFile.remove(place.state());
      throw new Again("cannot be continued", 0);
    }
    if (status == 429 || status >= 500) {
      throw new Again("status " + status, wait(headers.firstValue("Retry-After").orElse("")));
    }
    throw new AttemptFailure("%s: status %d".formatted(address.shown(), status));
  }

  /** Returns the milliseconds to wait; -1 if the server does not say. */
  private static long wait(String asked) {
    try {
      if (asked.matches("\\d{1,9}")) {
        return TimeUnit.SECONDS.toMillis(Long.parseLong(asked));
      }
      Instant at = ZonedDateTime.parse(asked, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Math.max(0, at.toEpochMilli() - System.currentTimeMillis());
    } catch (DateTimeParseException e) {
      return -1;
    }
  }

  private void store(InputStream in, long from) throws IOException {
    bytes = from;
    byte[] buffer = new byte[1 << 17];
    try (FileChannel file = OwnFile.outChannel(part)) {
      OutputStream out = Channels.newOutputStream(file.position(from));
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        moved = System.nanoTime();
        try {
          out.write(buffer, 0, n);
        } catch (IOException e) {
          throw new UncheckedIOException(e); // of the disk: no other try would help
        }
        bytes += n;
      }
    }
    if (total >= 0 && bytes != total) {
      throw new IOException("%d of %d bytes came".formatted(bytes, total));
    }
  }

  /** Waits; fails at once if the attempt must end. */
  private void pause(long millis) {
    try {
      if (!means.stop.await(millis, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new AttemptFailure("stopped");
  }

  /**
   * Measures the rate, and ends the wait for bytes if none came for too long; another thread calls
   * it about once a second.
   */
  synchronized void tick() {
    long now = System.nanoTime();
    if (before >= 0 && now > ticked) {
      long each = (long) (Math.max(0, bytes - before) * 1e9 / (now - ticked));
      rate = ", %s/s".formatted(Amount.size(each));
    }
    ticked = now;
    before = bytes;
    if (body != null && now - moved > WebClient.SILENCE.toNanos()) {
      try {
        body.close();
      } catch (IOException e) {
        return; // the reader sees it
      }
    }
  }

  /** Returns how much has come of how much, and how fast; empty before the first byte. */
  synchronized String progress() {
    String of = total < 0 ? "" : " of " + Amount.size(total);
    return body == null ? "" : Amount.size(bytes) + of + rate;
  }

  /** Remembers by what the server can tell whether these bytes, now in place, are still its own. */
  void remember(String digest) throws IOException {
    if (validator != null && !validator.getLast().isEmpty()) {
      place.remember(validator.getFirst() + digest, validator.get(1), validator.getLast());
    }
  }
}
