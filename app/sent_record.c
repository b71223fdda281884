/* sent_record.c - see sent_record.h. */
#include "app/sent_record.h"
#include "common/clock.h"
#include "common/json.h"

int sent_record_write(const struct sent_record *record, const struct posting *posting,
                      const struct verdict *verdict, const struct digest *fingerprint,
                      struct text_buf *out)
{
    struct json_writer writer;
    char when[CLOCK_RFC3339_BYTES], hex[DIGEST_HEX_BYTES];
    json_writer_init(&writer, out);
    json_open_object(&writer);
    json_put_member(&writer, "software", SLICE("lurewatch " LUREWATCH_VERSION));
    json_put_member(&writer, "bank", verdict->bank);
    json_put_member(&writer, "source", slice_of(record->source));
    json_put_member(&writer, "url", posting->attr[POSTING_URL]);
    json_put_member(&writer, "added_by", slice_of(record->who));
    json_put_member(&writer, "added_at", slice_of(clock_rfc3339(record->at_unix_ms, when)));
    json_put_member_if(&writer, "note", slice_of(record->note));
    json_key(&writer, "ads");
    json_open_array(&writer);
    json_open_object(&writer);
    json_key(&writer, "posting");
    posting_to_json(posting, &writer);
    json_key(&writer, "verdict");
    verdict_to_json(verdict, posting->attr[POSTING_ID], &writer);
    json_put_member(&writer, "fingerprint", slice_of(digest_hex(fingerprint, hex)));
    json_close_object(&writer);
    json_close_array(&writer);
    json_close_object(&writer);
    return text_buf_status(out);
}
