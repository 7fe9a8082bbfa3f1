package dev.torc.base.posix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The environment that torc was called with, byte for byte; {@code System.getenv} may change bytes
 * that are not valid UTF-8. The launcher runs the JVM under a UTF-8 locale and passes the caller's
 * {@code LC_ALL} in {@code TORC_CALLER_LC_ALL}, or sets {@code TORC_CALLER_LC_ALL_UNSET=1}. Only
 * this class restores it.
 */
public final class Environment {

  private static final String HANDED_OVER = "TORC_CALLER_";
  private static final String PATH = "PATH";
  private static final String LOCALE = "TORC_CALLER_LC_ALL";
  private static final String NO_LOCALE = "TORC_CALLER_LC_ALL_UNSET";

  private final List<byte[]> entries;
  private final Map<String, String> view;
  private Block block; // null until a process is started

  public Environment(List<byte[]> given) {
    Map<String, String> all = decode(given);
    entries = new ArrayList<>();
    for (byte[] entry : given) {
      String name = name(entry);
      boolean replaced = all.containsKey(LOCALE) || all.containsKey(NO_LOCALE);
      if (name.equals(LOCALE)) {
        entries.add(Arrays.copyOfRange(entry, HANDED_OVER.length(), entry.length));
      } else if (!name.startsWith(HANDED_OVER) && !(replaced && name.equals("LC_ALL"))) {
        entries.add(entry);
      }
    }
    view = Collections.unmodifiableMap(decode(entries));
  }

  public static Environment ofCaller() {
    List<byte[]> entries = new ArrayList<>();
    for (long at = address(); Memory.longAt(at) != 0; at += Long.BYTES) {
      entries.add(Memory.textAt(Memory.longAt(at)));
    }
    return new Environment(entries);
  }

  /** Returns names and values, decoded as UTF-8. If a name occurs twice, its first value counts. */
  public Map<String, String> asMap() {
    return view;
  }

  /** Returns these entries with those of {@code over} put in; a null value removes a name. */
  public EnvironmentEntries with(Map<String, String> over) {
    synchronized (this) {
      block = block == null ? new Block(entries) : block;
    }
    return block.with(over);
  }

  /** The entries in native memory, shared by all processes, and the indexes of each name. */
  static final class Block {
    private final Memory memory;
    private final long[] addresses;
    private final Map<String, List<Integer>> places = new HashMap<>();
    private byte[] path; // the first value of PATH; null if unset

    Block(List<byte[]> entries) {
      addresses = new long[entries.size()];
      memory = Memory.of(entries.stream().mapToInt(entry -> entry.length + 1).sum());
      int at = 0;
      for (int i = 0; i < addresses.length; i++) {
        byte[] entry = entries.get(i);
        memory.put(at, entry); // the memory is all zero, so a NUL ends each entry
        addresses[i] = memory.address() + at;
        at += entry.length + 1;
        String name = name(entry);
        places.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(i);
        if (path == null && name.equals(PATH) && entry.length > PATH.length()) { // it contains =
          path = Arrays.copyOfRange(entry, PATH.length() + 1, entry.length);
        }
      }
    }

    EnvironmentEntries with(Map<String, String> over) {
      long[] inherited = addresses.clone();
      List<byte[]> own = new ArrayList<>(over.size());
      byte[] searched = path;
      for (Map.Entry<String, String> entry : over.entrySet()) {
        String name = entry.getKey();
        String value = entry.getValue();
        for (int place : places.getOrDefault(name, List.of())) {
          inherited[place] = 0;
        }
        if (value != null) {
          own.add(name.concat("=").concat(value).getBytes(StandardCharsets.UTF_8));
        }
        if (name.equals(PATH)) {
          searched = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        }
      }
      return new EnvironmentEntries(this, inherited, own, searched);
    }
  }

  private static Map<String, String> decode(List<byte[]> entries) {
    Map<String, String> map = new LinkedHashMap<>();
    for (byte[] entry : entries) {
      String text = new String(entry, StandardCharsets.UTF_8);
      int equals = text.indexOf('=');
      if (equals > 0) {
        map.putIfAbsent(text.substring(0, equals), text.substring(equals + 1));
      }
    }
    return map;
  }

  private static String name(byte[] entry) {
    int end = 0;
    while (end < entry.length && entry[end] != '=') {
      end++;
    }
    return new String(entry, 0, end, StandardCharsets.UTF_8);
  }

  /** Returns the value of {@code environ}, which macOS provides only through a function. */
  private static long address() {
    long variable = Libc.MAC ? NativeCall.of("_NSGetEnviron").pointer() : Libc.symbol("environ");
    return Memory.longAt(variable);
  }

  /**
   * The environment of one process, made by {@link Environment#with}. {@code inherited} holds
   * addresses of the caller's entries (0 for removed ones), which {@code block} keeps alive; {@code
   * own} holds new entries, {@code path} the value of {@code PATH}.
   */
  public record EnvironmentEntries(
      Environment.Block block, long[] inherited, List<byte[]> own, byte[] path) {

    /** Returns the array of pointers for a new process; valid while these entries are held. */
    long array(ScratchMemory scratch) {
      return scratch.pointers(inherited, own);
    }
  }
}
