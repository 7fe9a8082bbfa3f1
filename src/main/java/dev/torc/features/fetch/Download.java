package dev.torc.features.fetch;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.run.AttemptFailure;
import dev.torc.features.fetch.Fetch.FetchedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
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

  private final FetchedFile source;
  private final Path part;
  private final Path state;
  private final String boot;
  private final WebClient web;
  private final Consumer<String> log;
  private InputStream body; // guarded by this
  private boolean stopped; // guarded by this
  private boolean continued; // whether the file begins with bytes of an earlier request
  private volatile long moved = System.nanoTime(); // when bytes last arrived
  private long bytes;
  private long total = -1;

  /**
   * @param part the temporary place; a file beside it remembers where its bytes are from
   * @param boot the id of this boot of the machine
   */
  Download(FetchedFile source, Path part, String boot, WebClient web, Consumer<String> log) {
    this.source = source;
    this.part = part;
    this.state = part.resolveSibling(part.getFileName() + ".from");
    this.boot = boot;
    this.web = web;
    this.log = log;
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
    if (!source.sha256().isEmpty() && OwnFile.exists(part) && digest().equals(source.sha256())) {
      return; // complete, and another file of the job failed
    }
    AttemptFailure first = null;
    for (String url : source.urls()) {
      try {
        from(WebAddress.of(url));
        return;
      } catch (AttemptFailure e) {
        log.accept(e.getMessage());
        first = first == null ? e : first;
      }
    }
    int more = source.urls().size() - 1;
    throw more == 0
        ? first
        : new AttemptFailure(first.getMessage() + ", and " + Amount.count(more, "other URL"));
  }

  private void from(WebAddress address) throws IOException {
    for (boolean again = true; ; again = false) {
      request(address);
      Files.delete(state);
      String is = source.sha256().isEmpty() ? "" : digest();
      if (is.equals(source.sha256())) {
        return;
      }
      Files.delete(part);
      if (!continued || !again) {
        throw new AttemptFailure(
            "sha256 is %s, not %s: %s".formatted(is, source.sha256(), address.shown()));
      }
      log.accept("the continued file has the wrong sha256; fetching it from the beginning");
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
        log.accept(line + "; trying again");
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
    String of = Digest.ofText(first.uri().toString()).hex() + " " + boot + "\n";
    String known = known(of);
    long from = known.isEmpty() ? 0 : Files.size(part);
    Map<String, String> headers =
        from == 0 ? Map.of() : Map.of("Range", "bytes=" + from + "-", "If-Range", known);
    WebAddress address = first;
    HttpResponse<InputStream> answer = web.get(address, headers);
    for (int i = 0; isRedirect(answer.statusCode()); i++) {
      answer.body().close();
      String location = answer.headers().firstValue("Location").orElse("");
      if (i == REDIRECTS || location.isEmpty()) {
        String what = i == REDIRECTS ? "more than 10 redirects" : "a redirect without Location";
        throw new AttemptFailure(first.shown() + ": " + what);
      }
      try {
        address = address.redirected(location);
      } catch (IOException e) {
        throw new AttemptFailure(first.shown() + ": " + e.getMessage());
      }
      answer = web.get(address, headers);
    }
    try (InputStream in = begun(answer.body())) {
      HttpHeaders got = answer.headers();
      int status = answer.statusCode();
      log.accept("%s: %d".formatted(address.shown(), status));
      if (status == 206 && from > 0 && continues(got, from, known)) {
        continued = true;
      } else if (status == 200) {
        Files.deleteIfExists(part); // first, so that the state is never that of other bytes
        OwnFile.write(state, (of + validator(got)).getBytes(StandardCharsets.UTF_8));
        from = 0;
        continued = false;
        total = got.firstValueAsLong("Content-Length").orElse(-1);
      } else {
        refuse(address, status, got, from > 0);
      }
      store(in, from);
    }
  }

  /** Returns the validator of the bytes that are there; empty if they cannot be continued. */
  private String known(String of) throws IOException {
    try {
      String text = new String(OwnFile.read(state), StandardCharsets.UTF_8);
      return text.startsWith(of) && OwnFile.exists(part) && Files.size(part) > 0
          ? text.substring(of.length())
          : "";
    } catch (NoSuchFileException none) {
      return "";
    }
  }

  /** Returns a strong ETag, else the time of the last change; empty for neither. */
  private static String validator(HttpHeaders headers) {
    String tag = headers.firstValue("ETag").orElse("");
    return tag.startsWith("\"") ? tag : headers.firstValue("Last-Modified").orElse("");
  }

  private boolean continues(HttpHeaders headers, long from, String known) {
    Matcher range = RANGE.matcher(headers.firstValue("Content-Range").orElse(""));
    if (!range.matches()
        || !range.group(1).equals("" + from)
        || !validator(headers).equals(known)) {
      return false;
    }
    total = range.group(2).equals("*") ? -1 : Long.parseLong(range.group(2));
    return true;
  }

  private static boolean isRedirect(int status) {
    return List.of(301, 302, 303, 307, 308).contains(status);
  }

  /** Throws for an answer without the file. */
  private void refuse(WebAddress address, int status, HttpHeaders headers, boolean ranged)
      throws IOException {
    if (ranged && (status == 206 || status == 416)) {
      Files.deleteIfExists(state);
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
    try (FileChannel out = OwnFile.outChannel(part)) {
      out.position(from);
      for (int n = read(in, buffer); n >= 0; n = read(in, buffer)) {
        write(out, ByteBuffer.wrap(buffer, 0, n));
        bytes += n;
      }
    }
    if (total >= 0 && bytes != total) {
      throw new IOException("%d of %d bytes came".formatted(bytes, total));
    }
  }

  private int read(InputStream in, byte[] buffer) throws IOException {
    int n = in.read(buffer);
    moved = System.nanoTime();
    return n;
  }

  /** Writes all; an error of the disk is not one of the connection, which would be tried again. */
  private static void write(FileChannel out, ByteBuffer piece) {
    try {
      while (piece.hasRemaining()) {
        out.write(piece);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized InputStream begun(InputStream in) throws IOException {
    moved = System.nanoTime();
    body = in;
    if (stopped) {
      in.close();
    }
    return in;
  }

  private synchronized void pause(long millis) throws IOException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    try {
      for (long rest = end - System.nanoTime();
          rest > 0 && !stopped;
          rest = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, rest);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopped = true;
    }
    if (stopped) {
      throw new AttemptFailure("stopped");
    }
  }

  /** Ends the wait for bytes if none came for too long; another thread calls it now and then. */
  synchronized void tick() {
    if (body != null && System.nanoTime() - moved > WebClient.SILENCE.toNanos()) {
      try {
        body.close();
      } catch (IOException e) {
        return; // the reader sees it
      }
    }
  }

  synchronized void stop() {
    stopped = true;
    notifyAll();
  }
}
