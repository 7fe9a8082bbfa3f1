package dev.torc.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.util.Collection;

/**
 * Writes a flat graph of entities in the form of JSON-LD that RO-Crate wants: one array, each
 * entity on a line of its own, a list of one as the one. What entities there are it does not know.
 */
final class JsonLd implements Closeable {

  private final JsonGenerator out;
  private boolean within;

  /**
   * Begins the document.
   *
   * @param context of RO-Crate
   * @param own terms beside it, and what they stand for, by turns
   */
  JsonLd(Writer to, String context, String... own) throws IOException {
    out = new JsonFactory().createGenerator(JsonWriter.harmless(to));
    out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    out.writeStartObject();
    out.writeArrayFieldStart("@context");
    out.writeString(context);
    out.writeStartObject();
    for (int i = 0; i < own.length; i += 2) {
      out.writeStringField(own[i], own[i + 1]);
    }
    out.writeEndObject();
    out.writeEndArray();
    out.writeArrayFieldStart("@graph");
  }

  /** Begins an entity; the one before is done. */
  JsonLd entity(String id, String... types) throws IOException {
    end();
    out.writeRaw('\n');
    out.writeStartObject();
    within = true;
    out.writeStringField("@id", id);
    if (types.length == 1) {
      out.writeStringField("@type", types[0]);
    } else {
      out.writeArrayFieldStart("@type");
      for (String type : types) {
        out.writeString(type);
      }
      out.writeEndArray();
    }
    return this;
  }

  /** A text; nothing for null and an empty one. */
  JsonLd text(String name, String text) throws IOException {
    if (text != null && !text.isEmpty()) {
      out.writeStringField(name, text);
    }
    return this;
  }

  /** What leads to another entity; nothing for null. */
  JsonLd ref(String name, String id) throws IOException {
    if (id != null) {
      out.writeObjectFieldStart(name);
      out.writeStringField("@id", id);
      out.writeEndObject();
    }
    return this;
  }

  /** What leads to other entities; nothing for none. */
  JsonLd refs(String name, Collection<String> ids) throws IOException {
    if (ids.size() == 1) {
      return ref(name, ids.iterator().next());
    }
    if (!ids.isEmpty()) {
      out.writeArrayFieldStart(name);
      for (String id : ids) {
        out.writeStartObject();
        out.writeStringField("@id", id);
        out.writeEndObject();
      }
      out.writeEndArray();
    }
    return this;
  }

  private void end() throws IOException {
    if (within) {
      out.writeEndObject();
      within = false;
    }
  }

  /** Ends the document; the writer stays open. */
  @Override
  public void close() throws IOException {
    end();
    out.writeRaw('\n');
    out.close(); // with the brackets that are open
  }
}
