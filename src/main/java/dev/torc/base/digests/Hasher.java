package dev.torc.base.digests;

import dev.torc.base.posix.InputFile;
import dev.torc.base.posix.Memory;
import dev.torc.base.text.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjIntConsumer;
import org.apache.commons.codec.digest.DigestUtils;

/** Reads files and computes their SHA-256. Any thread may call it. */
final class Hasher {

  private static final int BUFFER = 1 << 16; // bytes

  /** The size in bytes from which one thread reads a file while another one hashes it. */
  private static final int LARGE = 4 * ReadAhead.PIECE;

  private record Work(MessageDigest sha256, byte[] buffer, Memory memory) {}

  /** A digest, and whether a process is known to have had the file open or mapped for writing. */
  record Read(Digest digest, boolean writers) {}

  private final ThreadLocal<Work> work =
      ThreadLocal.withInitial(
          () -> new Work(DigestUtils.getSha256Digest(), new byte[BUFFER], Memory.of(BUFFER)));
  private final StopFlag stop;
  private final LongAdder files = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  public Hasher(StopFlag stop) {
    this.stop = stop;
  }

  /**
   * Reads a whole file. The caller first checks that it is not a FIFO, which would block, and later
   * that its {@code size} did not change. {@code ask} says whether to check for writers. Throws
   * {@link NoSuchFileException} if the file is missing.
   */
  public Read file(Path path, long size, boolean ask) throws IOException {
    Work w = work.get();
    w.sha256.reset();
    boolean writers;
    try (InputStream in = open(path, size, w.memory)) {
      writers = ask && in instanceof InputFile file && file.hasWriters();
      if (size < LARGE) {
        read(in, size, w);
      } else {
        ReadAhead.each(
            in,
            (piece, length) -> {
              w.sha256.update(piece, 0, length);
              bytes.add(length);
              stop.check();
            });
      }
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("cannot read " + path + ": " + Refusal.why(e), e);
    }
    files.increment();
    return new Read(Digest.of(w.sha256.digest()), writers);
  }

  private void read(InputStream in, long size, Work w) throws IOException {
    int most = (int) Math.min(size + 1, BUFFER);
    long read = 0;
    for (int n = in.read(w.buffer, 0, most); n >= 0; n = in.read(w.buffer, 0, most)) {
      w.sha256.update(w.buffer, 0, n);
      bytes.add(n);
      stop.check();
      read += n;
      if (read == size && n < most) {
        break; // everything was read: the buffer had room for more
      }
    }
  }

  /** Opens a file. Reads may wait for bytes unless the size is 0, as for files of the kernel. */
  private static InputStream open(Path path, long size, Memory memory) throws IOException {
    return path.getFileSystem() == FileSystems.getDefault()
        ? InputFile.open(path.toString(), size > 0, memory)
        : Files.newInputStream(path);
  }

  public long filesHashed() {
    return files.sum();
  }

  public long bytesRead() {
    return bytes.sum();
  }

  /** Reads a stream on another thread, one piece ahead of the caller. */
  static final class ReadAhead {

    /** The size of a piece in bytes. Hashing it takes far longer than waking a thread. */
    static final int PIECE = 4 << 20;

    private ReadAhead() {}

    /** Passes the rest of a stream as arrays with their lengths; each is valid during the call. */
    static void each(InputStream in, ObjIntConsumer<byte[]> pieces) throws IOException {
      try (ExecutorService reader = Executors.newSingleThreadExecutor()) {
        byte[] now = new byte[PIECE];
        byte[] then = new byte[PIECE];
        int length = in.readNBytes(now, 0, PIECE);
        while (length > 0) {
          byte[] next = then;
          CompletableFuture<Integer> ahead =
              CompletableFuture.supplyAsync(() -> read(in, next), reader);
          pieces.accept(now, length);
          then = now;
          now = next;
          length = ahead.join(); // an interrupt of the calling thread does not end this wait
        }
      } catch (CompletionException e) {
        if (e.getCause() instanceof UncheckedIOException failed) {
          throw failed.getCause();
        }
        throw e;
      }
    }

    private static int read(InputStream in, byte[] piece) {
      try {
        return in.readNBytes(piece, 0, PIECE);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
