package dev.torc.front.server;

import dev.torc.base.posix.Descriptor;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.OtherProcess;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Standard output or error of a client. It writes to the file that the client has open, so bytes
 * appear in the same place and order as if the client had written them. A write waits while the
 * client is stopped or the file has no room, and stops when the client is gone. After the client
 * has its answer, nothing is written.
 */
final class ClientStream extends OutputStream {

  private static final int PIECE = 4096; // bytes; a FIFO that is ready has room for them
  private static final int PATIENCE = 100; // milliseconds until the client is checked again
  private static final int ACCESS = 3;
  private static final int APPEND = 02000;

  final Descriptor file;
  private final ServedCall call;

  /**
   * Opens the stream with this number in the client; throws {@link ServedCall.Cold} if it cannot.
   */
  ClientStream(OtherProcess client, int number, ServedCall call) throws IOException {
    this.call = call;
    String info = client.text("fdinfo/" + number);
    int at = info.indexOf("flags:");
    int flags = at < 0 ? 0 : Integer.parseInt(info.substring(at + 6).strip().split("\\s")[0], 8);
    if ((flags & ACCESS) == 0) {
      throw new ServedCall.Cold("stream " + number + " cannot be written");
    }
    file = open(client, number, (flags & APPEND) != 0);
  }

  /**
   * Duplicates the client's descriptor. A FIFO or a terminal is opened again instead, if possible,
   * so that no write blocks; it is the same file. If the kernel cannot duplicate descriptors, a
   * file that is only appended to is also opened again.
   */
  private static Descriptor open(OtherProcess client, int number, boolean appends)
      throws IOException {
    String path = client.path("fd/" + number);
    FileStatus kind = FileStatus.of(path, true);
    Descriptor same = client.descriptor(number);
    boolean unwaiting = kind.isFifo() || same != null && same.isTerminal();
    if (same != null && !unwaiting) {
      return same;
    }
    try {
      if (!kind.isFifo() && !kind.isDevice() && !(kind.isFile() && appends)) {
        throw new ServedCall.Cold("stream " + number + " is a file that cannot be reopened");
      }
      Descriptor anew = Descriptor.openToAppend(path);
      if (same != null) {
        same.close();
      }
      return anew;
    } catch (IOException refused) {
      if (same == null) {
        throw new ServedCall.Cold("stream " + number + ": " + refused.getMessage());
      }
      return same;
    }
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    int end = from + length;
    for (int at = from; at < end && call.begin(); ) {
      if (file.writable(PATIENCE) && call.awaitContinued()) {
        at += file.write(bytes, at, Math.min(PIECE, end - at));
      }
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
