package dev.torc.posix;

import com.kenai.jffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Links functions of the C library. It calls none; the other classes of this package do. */
final class Libc {

  private Libc() {}

  /** Whether this is macOS: some numbers and layouts differ there. */
  static final boolean MAC = System.getProperty("os.name").startsWith("Mac");

  /** Flags of {@code open}. */
  static final int O_RDWR = 2;

  static final int O_NONBLOCK = MAC ? 4 : 04000;
  static final int O_CLOEXEC = MAC ? 0x1000000 : 02000000;

  /** The flag of {@code open} that refuses a link; 0 where its number is not known. */
  static final int O_NOFOLLOW =
      MAC
          ? 0x100
          : switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64", "riscv64", "s390x" -> 0400000;
            case "aarch64", "arm", "ppc64le" -> 0100000;
            default -> 0;
          };

  /** The address, or nothing where this C library lacks it (symbols come and go by version). */
  static Optional<MemorySegment> symbol(String name) {
    long address = Library.getDefault().getSymbolAddress(name);
    return address == 0 ? Optional.empty() : Optional.of(MemorySegment.ofAddress(address));
  }

  /**
   * The JDK's linker, for what {@link NativeCall} cannot call; see there what the first use costs.
   */
  private static final class Foreign {
    static final Linker LINKER = Linker.nativeLinker();
    static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    static final VarHandle ERRNO =
        CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  }

  /** A handle of a function that exists everywhere; it takes an errno buffer as first argument. */
  static MethodHandle call(String name, FunctionDescriptor type) {
    return optional(name, type)
        .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
  }

  /** Like {@link #call}, for a function that may be missing. */
  @SuppressWarnings("restricted")
  static Optional<MethodHandle> optional(String name, FunctionDescriptor type) {
    return symbol(name)
        .map(
            address ->
                Foreign.LINKER.downcallHandle(
                    address, type, Linker.Option.captureCallState("errno")));
  }

  /** A variadic function, called with arguments from {@code firstVariadic} on as variadic ones. */
  @SuppressWarnings("restricted")
  static MethodHandle variadic(String name, FunctionDescriptor type, int firstVariadic) {
    return Foreign.LINKER.downcallHandle(
        symbol(name).orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name)),
        type,
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(firstVariadic));
  }

  /** A buffer that takes errno; one per thread or call, reusable. */
  static MemorySegment errnoBuffer(Arena arena) {
    return arena.allocate(Foreign.CAPTURE);
  }

  /** The errno that the last call with this buffer left. */
  static int errno(MemorySegment buffer) {
    return (int) Foreign.ERRNO.get(buffer, 0L);
  }

  /** A NUL-terminated UTF-8 string. */
  static MemorySegment string(Arena arena, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    MemorySegment segment = arena.allocate(bytes.length + 1L);
    segment.asByteBuffer().put(bytes); // the rest is zero
    return segment;
  }
}
