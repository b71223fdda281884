/* phone_shim.cc - the one file that knows libphonenumber; see phone_shim.h. C++ as the library is; no
 * exception may leave it. */
#include "classifiers/phone_shim.h"

#include <cstdio>
#include <cstring>
#include <exception>
#include <phonenumbers/phonenumberutil.h>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

static bool read_number(const char *digits, const char *region, char *ret_e164, char *ret_country)
{
    const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    std::string text, country;
    if (util->Parse(digits, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
        !util->IsValidNumber(number))
        return false;
    util->Format(number, PhoneNumberUtil::E164, &text);
    util->GetRegionCodeForNumber(number, &country);
    if (text.empty() || text.size() >= 20)
        return false;
    std::snprintf(ret_e164, 20, "%s", text.c_str());
    std::snprintf(ret_country, 3, "%s", country.size() == 2 ? country.c_str() : "");
    return true;
}

extern "C" bool phone_is_valid(const char *digits, const char *region, char ret_e164[20],
                               char ret_country[3])
{
    try {
        return read_number(digits, region[0] == '\0' ? "ZZ" : region, ret_e164, ret_country);
    } catch (const std::exception &) {
        return false;
    }
}
