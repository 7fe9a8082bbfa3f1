package dev.torc.front.show;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.jr.ob.JSON;
import com.fasterxml.jackson.jr.ob.JacksonJrExtension;
import com.fasterxml.jackson.jr.ob.api.ExtensionContext;
import com.fasterxml.jackson.jr.ob.api.ReaderWriterProvider;
import com.fasterxml.jackson.jr.ob.api.ValueWriter;
import com.fasterxml.jackson.jr.ob.impl.JSONWriter;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.JsonText;
import dev.torc.base.text.SafeText.Harmless;
import dev.torc.core.model.InstanceName;
import java.io.IOException;
import java.io.Writer;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Writes answers and events as JSON, with jackson-jr: a record becomes an object with its
 * components in their order, a constant its name in lower case, a path or moment its text. A
 * component that is an empty {@code Optional} is left out, and those of an {@link Inline} record
 * stand in its place. The records of answers and events define the fields of a document.
 */
public final class Json {

  /** Version of all documents; it changes when the meaning of a field changes. */
  public static final int VERSION = 1;

  private static final double SECOND = 1e9;

  private static final Pattern WORD = Pattern.compile("(?<=.)[A-Z]");

  private Json() {}

  /** A record whose fields stand among those of the record that holds it. */
  public interface Inline {}

  /** The name of a job and, of an instance, parameters: those that name it. */
  public record Named(String job, Optional<Map<String, String>> parameters) implements Inline {
    public static Named of(String job) {
      Map<String, String> parameters = InstanceName.parse(job).values();
      return new Named(job, parameters.isEmpty() ? Optional.empty() : Optional.of(parameters));
    }
  }

  /** A value that is already JSON; numbers that JSON does not allow are written as strings. */
  public record Raw(String text) {}

  private record Said(String file, int line, int column, String message) {}

  private record Field(String name, Method accessor) {}

  /** The fields of each type of record, looked up once. */
  private static final class Fields extends ClassValue<List<Field>> {

    static final Fields OF = new Fields();

    @Override
    protected List<Field> computeValue(Class<?> type) {
      List<Field> fields = new ArrayList<>();
      for (RecordComponent each : type.getRecordComponents()) {
        each.getAccessor().setAccessible(true); // the record may be private
        fields.add(new Field(snake(each.getName()), each.getAccessor()));
      }
      return List.copyOf(fields);
    }

    static void putAll(Record of, Map<String, Object> into) {
      try {
        for (Field each : OF.get(of.getClass())) {
          put(each.name, each.accessor.invoke(of), into);
        }
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    private static void put(String name, Object value, Map<String, Object> into) {
      switch (value) {
        case Optional<?> some -> some.ifPresent(each -> put(name, each, into));
        case Inline inner -> putAll((Record) inner, into);
        case null, default -> into.put(name, value);
      }
    }
  }

  /** Writes values of a type that jackson-jr cannot write, or writes in another form. */
  private record Form(Class<?> valueType) implements ValueWriter {
    @Override
    public void writeValue(JSONWriter to, JsonGenerator out, Object value) throws IOException {
      switch (value) {
        case Raw raw -> out.writeRawValue(JsonText.strict(raw.text));
        case Record of -> to.writeValue(fields(of));
        case Enum<?> constant -> out.writeString(lower(constant));
        default -> out.writeString(value.toString());
      }
    }
  }

  private static final class Forms extends JacksonJrExtension {

    /** In a class of its own, so that code that asks only for names loads no library. */
    static final JSON FORMAT =
        JSON.builder(JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build())
            .enable(JSON.Feature.WRITE_NULL_PROPERTIES)
            .register(new Forms())
            .build();

    @Override
    protected void register(ExtensionContext to) {
      to.insertProvider(
          new ReaderWriterProvider() {
            @Override
            public ValueWriter findValueWriter(JSONWriter to, Class<?> type) {
              boolean told = type == Instant.class || Path.class.isAssignableFrom(type);
              return type.isRecord() || told || type.isEnum() ? new Form(type) : null;
            }
          });
    }
  }

  /** Writes a document on one line, safe for a terminal. */
  public static void write(Object document, Writer to) throws IOException {
    Forms.FORMAT.write(document, new Harmless(to));
    to.write('\n');
  }

  /** Returns a record's components, {@code dryRun} as {@code dry_run}, or a map's entries. */
  public static Map<String, Object> fields(Object of) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (of instanceof Map<?, ?> map) {
      map.forEach((name, value) -> fields.put((String) name, value));
    } else {
      Fields.putAll((Record) of, fields);
    }
    return fields;
  }

  /** Returns the errors of a build file for JSON: each message with its place. */
  public static List<?> places(List<Diagnostic> all) {
    return all.stream()
        .map(d -> new Said(d.place().file(), d.place().line(), d.place().column(), d.message()))
        .toList();
  }

  /** Returns a list for a field that is left out if the list is empty. */
  public static <T> Optional<List<T>> unlessEmpty(List<T> all) {
    return Optional.of(all).filter(list -> !list.isEmpty());
  }

  /** Returns nanoseconds as seconds; null if negative. */
  public static Double seconds(long nanos) {
    return nanos < 0 ? null : Double.valueOf(nanos / SECOND);
  }

  /** Returns a number; null if negative, which means unknown. */
  public static Long known(long number) {
    return number < 0 ? null : Long.valueOf(number);
  }

  /** Returns a number; null for 0, which means none. */
  public static Long some(long number) {
    return number <= 0 ? null : Long.valueOf(number);
  }

  /** Returns the name of a value's type: {@code job_started}, {@code will_run}. */
  public static String kind(Object value) {
    return snake(value.getClass().getSimpleName());
  }

  private static String snake(String name) {
    return WORD.matcher(name).replaceAll("_$0").toLowerCase(Locale.ROOT);
  }

  public static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
