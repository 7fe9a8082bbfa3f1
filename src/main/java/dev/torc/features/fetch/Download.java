package dev.torc.features.fetch;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.base.web.WebAddress;
import dev.torc.base.web.WebClient;
import dev.torc.base.web.WebRefusal;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.features.fetch.Fetch.FetchedFile;
import dev.torc.features.fetch.FetchPlace.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The download of one file to a temporary place, where a later attempt continues it. What is there
 * is never believed: it is continued only if the server shows the same validator and length again,
 * and after a restart of the machine not at all. An interrupt of the thread ends a wait for the
 * server; {@link FetchPart} knows why, and moves the file to its place.
 */
final class Download {

  private static final int TRIES = 4;
  private static final long FIRST_DELAY = 250; // milliseconds; each further one is 4 times as long
  private static final long LONGEST_DELAY = 600_000; // milliseconds
  private static final long SILENCE = 60; // seconds after which a server counts as gone
  private static final Pattern RANGE = Pattern.compile("bytes (\\d+)-\\d+/(?:(\\d{1,18})|\\*)");

  /**
   * What the downloads of an attempt share.
   *
   * @param fetcher fetches by the command of a scheme that is not the web's
   * @param own headers that only the host of a URL gets
   * @param ended throws a {@link CancellationException} if the attempt must end
   */
  record Means(
      Supplier<WebClient> web,
      Map<String, String> own,
      Io.Take<String> fetcher,
      Runnable ended,
      Consumer<String> log) {}

  private final FetchedFile file;
  final FetchPlace place;
  private final Path part;
  private final String present;
  private final Means means;
  private boolean continued; // whether the file begins with bytes of an earlier request
  private boolean whole; // whether nothing is continued anymore
  private boolean unchanged; // whether the product in place is still the server's
  private long asked; // milliseconds to wait before another try; -1 for the usual delay
  private volatile long moved; // when bytes last arrived; 0 while none can
  private volatile long bytes;
  private volatile long total = -1;
  private long ticked; // guarded by this, like the next two
  private long before = -1; // bytes at the last tick; -1 for none
  private String rate = "";

  /**
   * @param present the digest of the product in place, if the server may say that it is unchanged;
   *     else empty
   */
  Download(FetchedFile file, FetchPlace place, String present, Means means) {
    this.file = file;
    this.place = place;
    this.part = place.part();
    this.present = present;
    this.means = means;
  }

  /** Downloads the file; throws an {@link AttemptFailure} that names the first URL's failure. */
  void run() throws IOException, InterruptedException {
    unchanged = !present.isEmpty() && present.equals(file.sha256());
    if (unchanged || file.isFixed() && OwnFile.exists(part) && digest().equals(file.sha256())) {
      return; // complete, and another file of the job failed
    }
    AttemptFailure first = null;
    for (String url : file.urls()) {
      try {
        from(WebAddress.of(url), url);
        return;
      } catch (AttemptFailure | WebRefusal e) {
        means.log.accept(e.getMessage());
        first = first == null ? new AttemptFailure(e.getMessage()) : first;
      }
    }
    int more = file.urls().size() - 1;
    throw more == 0
        ? first
        : new AttemptFailure(first.getMessage() + ", and " + Amount.count(more, "other URL"));
  }

  /** Returns whether the product in place stays, since the server has no other bytes. */
  boolean isUnchanged() {
    return unchanged;
  }

  /**
   * Records the digest of the product in place. Returns the last one of the same URLs if that is
   * another; else, or if the build file has the right one, an empty text.
   */
  String complete(String digest) throws IOException {
    if (file.isFixed()) {
      OwnFile.remove(place.state());
      return "";
    }
    Stream<String> urls = file.urls().stream().map(url -> WebAddress.of(url).counted(""));
    String before = place.complete(Digest.ofText(String.join("\n", urls.toList())).hex(), digest);
    return before.equals(digest) ? "" : before;
  }

  private void from(WebAddress address, String url) throws IOException, InterruptedException {
    whole = false;
    continued = false;
    for (int tries = 1; ; tries++) {
      means.ended.run();
      if (!address.isWeb()) {
        FileTree.remove(part);
        place.forget();
        means.fetcher.take(url);
      } else if (!comes(address, tries)) {
        continue;
      } else if (unchanged) {
        return;
      }
      String is = file.isFixed() ? digest() : "";
      if (is.equals(file.sha256())) {
        return;
      }
      Files.delete(part);
      place.forget();
      if (!continued) {
        throw new AttemptFailure(
            "sha256 is %s, not %s: %s".formatted(is, file.sha256(), address.shown()));
      }
      means.log.accept("the continued file has the wrong sha256; fetching it from the beginning");
      whole = true;
      tries = 0;
    }
  }

  private String digest() throws IOException {
    return Digest.of(DigestUtils.digest(DigestUtils.getSha256Digest(), part)).hex();
  }

  /** Returns whether the file came whole; if it did not, waits until another try makes sense. */
  private boolean comes(WebAddress address, int tries) throws InterruptedException {
    asked = -1;
    Throwable root;
    try {
      get(address);
      return true;
    } catch (IOException | InterruptedException | IllegalArgumentException e) {
      root = e;
    } finally {
      moved = 0; // from here on, the server is not waited for
    }
    boolean silent = Thread.interrupted() || root instanceof InterruptedException;
    means.ended.run();
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String why = silent ? "no bytes for " + SILENCE + " s" : why(root);
    String line = address.shown() + means.web.get().way(address.uri()) + ": " + why;
    long wait = asked >= 0 ? asked : FIRST_DELAY << 2 * (tries - 1);
    String hint = WebClient.hint(root);
    if (!hint.isEmpty()) {
      throw new AttemptFailure(line + hint);
    } else if (wait > LONGEST_DELAY) {
      throw new AttemptFailure(line + "; it asks to wait longer than 10 min");
    } else if (tries == TRIES) {
      throw new AttemptFailure("%s (%d tries)".formatted(line, tries));
    }
    means.log.accept(line + "; trying again");
    Thread.sleep(wait);
    return false;
  }

  private static String why(Throwable root) {
    return root instanceof IllegalArgumentException
        ? root instanceof UnresolvedAddressException ? "host not found" : "invalid answer"
        : root.getMessage() == null ? "cannot connect" : SafeText.line(root.getMessage(), 200);
  }

  /** Sends a request and stores the answer. */
  private void get(WebAddress address) throws IOException, InterruptedException {
    moved = System.nanoTime();
    Validator known = whole ? Validator.NONE : place.known(address);
    long from = known.continues(known) && OwnFile.exists(part) ? Files.size(part) : 0;
    Map<String, String> headers =
        from > 0
            ? known.rest(from)
            : present.isEmpty() ? Map.of() : place.question(address, present);
    HttpResponse<InputStream> answer = means.web.get().get(address, headers, means.own());
    try (InputStream in = answer.body()) {
      HttpHeaders got = answer.headers();
      int status = answer.statusCode();
      String at = WebAddress.of(answer.uri().toString()).shown();
      means.log.accept("%s: %d".formatted(at, status));
      Matcher range = RANGE.matcher(got.firstValue("Content-Range").orElse(""));
      continued =
          status == 206
              && from > 0
              && range.matches()
              && range.group(1).equals("" + from)
              && range.group(2) != null
              && Validator.of(got, range.group(2)).continues(known);
      unchanged = status == 304 && from == 0 && !headers.isEmpty();
      if (unchanged) {
        return;
      } else if (status == 200) {
        FileTree.remove(part); // first, so that the state is never that of other bytes
        from = 0;
        total = got.firstValueAsLong("Content-Length").orElse(-1);
        place.begin(address, Validator.of(got, total < 0 ? "" : "" + total));
      } else if (continued) {
        total = Long.parseLong(range.group(2));
      } else {
        refuse(at, status, got, from > 0);
      }
      store(in, from);
    }
  }

  /** Throws for an answer without the file. */
  private void refuse(String at, int status, HttpHeaders headers, boolean ranged)
      throws IOException {
    if (ranged && (status == 206 || status == 416)) {
      place.forget();
      asked = 0;
      throw new IOException("cannot be continued");
    } else if (status == 429 || status >= 500) {
      asked = millis(headers.firstValue("Retry-After").orElse(""));
      throw new IOException("status " + status);
    }
    String unused = status == 401 || status == 403 ? means.web.get().unusedLogins() : "";
    String hint = unused.isEmpty() ? "" : "; " + unused;
    throw new AttemptFailure("%s: status %d%s".formatted(at, status, hint));
  }

  /** Returns the milliseconds to wait; -1 if the server does not say. */
  private static long millis(String wait) {
    try {
      if (wait.matches("\\d+")) {
        return wait.length() > 9 ? Long.MAX_VALUE : 1000 * Long.parseLong(wait);
      }
      ZonedDateTime at = ZonedDateTime.parse(wait, DateTimeFormatter.RFC_1123_DATE_TIME);
      return Math.max(0, Duration.between(ZonedDateTime.now(), at).toMillis());
    } catch (DateTimeParseException e) {
      return -1;
    }
  }

  private void store(InputStream in, long from) throws IOException {
    bytes = from;
    byte[] buffer = new byte[1 << 17];
    try (FileChannel to = OwnFile.outChannel(part).position(from)) {
      OutputStream out = Channels.newOutputStream(to);
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        moved = System.nanoTime();
        write(out, buffer, n);
        bytes += n;
      }
    }
    if (total >= 0 && bytes != total) {
      throw new IOException("%d of %d bytes came".formatted(bytes, total));
    }
  }

  /** Writes bytes; an error of the disk fails the attempt, since no other try would help. */
  private void write(OutputStream out, byte[] some, int n) throws IOException {
    try {
      out.write(some, 0, n);
    } catch (ClosedByInterruptException e) {
      throw e; // like an interrupt a moment earlier
    } catch (IOException e) {
      OwnFile.remove(part); // or a full disk would stay full
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Measures the rate, about once a second, at a {@link System#nanoTime}; returns whether the
   * server has been silent too long.
   */
  synchronized boolean tick(long now) {
    if (before >= 0 && now > ticked) {
      long each = (long) (Math.max(0, bytes - before) * 1e9 / (now - ticked));
      rate = ", %s/s".formatted(Amount.size(each));
    }
    ticked = now;
    before = bytes;
    long last = moved;
    return last != 0 && now - last > TimeUnit.SECONDS.toNanos(SILENCE);
  }

  /** Returns how much has come of how much, and how fast; empty before the first byte. */
  synchronized String progress() {
    String of = total < 0 ? "" : " of " + Amount.size(total);
    return bytes == 0 ? "" : Amount.size(bytes) + of + rate;
  }
}
