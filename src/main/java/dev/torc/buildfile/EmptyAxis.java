package dev.torc.buildfile;

import dev.torc.posix.Io;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Glob;
import dev.torc.syntax.Place;
import java.io.IOException;

/** Says what there is instead where an axis has no values; it does not look for values. */
final class EmptyAxis {

  private EmptyAxis() {}

  /**
   * Whether no values are an ordinary outcome: a job may make any number of files.
   *
   * @param byResults whether results had a say
   */
  static boolean isUsual(Axis axis, boolean byResults) {
    return switch (axis) {
      case Axis.Products _ -> true;
      case Axis.Lines _, Axis.Table _ -> false;
      case Axis.Zip zip -> zip.axes().stream().anyMatch(each -> isUsual(each, byResults));
      default -> byResults;
    };
  }

  /**
   * What is there where sources gave an axis no values; null where results or texts did.
   *
   * @param others says the same of another group, with its place; empty where there is nothing to
   *     say
   */
  static BadInput.Diagnostic there(
      Axis axis, AxisSources sources, boolean byResults, Io.Make<String, String> others)
      throws IOException {
    return switch (axis) {
      case Axis.Lines lines -> table(axis, lines.path(), sources);
      case Axis.Table table -> table(axis, table.path(), sources);
      case Axis.Globbed globbed -> {
        Glob first = globbed.globs().getFirst();
        yield byResults ? null : pattern(axis, first.toString(), first, sources);
      }
      case Axis.Matched matched ->
          byResults ? null : pattern(axis, matched.written(), matched.match().glob(), sources);
      case Axis.Products products -> other(others.of(products.job()));
      case Axis.ValuesOf values -> other(others.of(values.group()));
      case Axis.Zip zip -> {
        for (Axis each : zip.axes()) {
          BadInput.Diagnostic there = there(each, sources, byResults, others);
          if (there != null) {
            yield there;
          }
        }
        yield null;
      }
      case Axis.Fixed _ -> null;
    };
  }

  private static BadInput.Diagnostic table(Axis axis, String path, AxisSources sources) {
    return sources.table(axis) == null
        ? null
        : new BadInput.Diagnostic(axis.place(), path + " holds none");
  }

  private static BadInput.Diagnostic pattern(
      Axis axis, String written, Glob glob, AxisSources sources) throws IOException {
    String looked = written.equals(glob.toString()) ? "" : " (" + glob + " was looked for)";
    return new BadInput.Diagnostic(
        axis.place(), written + " matches nothing" + looked + ": " + sources.beside(glob));
  }

  private static BadInput.Diagnostic other(String there) {
    return there.isEmpty() ? null : new BadInput.Diagnostic(Place.NONE, there);
  }
}
