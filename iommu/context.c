/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Contexts: membership by group, routes by alias. */
#include "iommu/context.h"

#include <string.h>

static bool same_source(struct iommu_source a, struct iommu_source b)
{
	return a.segment == b.segment && a.rid == b.rid && a.pasid == b.pasid;
}

static struct context_member *find_member(struct context *context, struct iommu_source source)
{
	source.pasid = IOMMU_NO_PASID;
	for (unsigned i = 0; i < context->member_count; i++)
		if (same_source(context->members[i].source, source))
			return &context->members[i];
	return NULL;
}

static struct context_attachment *find_attachment(struct context *context, struct iommu_source source)
{
	for (unsigned i = 0; i < context->attachment_count; i++)
		if (same_source(context->attachments[i].source, source))
			return &context->attachments[i];
	return NULL;
}

/* ---- Membership. ---- */

void context_init(struct context *context, struct group_map *groups)
{
	memset(context, 0, sizeof(*context));
	context->groups = groups;
}

enum status context_join(struct context *context, struct iommu *iommu, struct iommu_source source)
{
	struct group_map *groups = context->groups;
	unsigned function, group;
	enum status status;

	if (source.pasid != IOMMU_NO_PASID || source.segment != iommu->segment)
		return STATUS_BAD_ARGUMENT;
	status = group_find(groups, source, &function);
	if (status)
		return status;
	group = groups->group_of[function];
	if (groups->owner[group] && groups->owner[group] != context)
		return STATUS_GROUP_CONFLICT;
	if (find_member(context, source))
		return STATUS_BUSY;
	if (context->member_count == CONTEXT_MEMBERS_MAX)
		return STATUS_EXHAUSTED;
	context->members[context->member_count++] = (struct context_member){ iommu, source,
									     function };
	groups->owner[group] = context;
	groups->joined[group]++;
	return STATUS_OK;
}

enum status context_leave(struct context *context, struct iommu_source source)
{
	struct group_map *groups = context->groups;
	struct context_member *member = find_member(context, source);
	unsigned group;

	if (!member || source.pasid != IOMMU_NO_PASID)
		return STATUS_NOT_FOUND;
	for (unsigned i = 0; i < context->attachment_count; i++) {
		struct iommu_source attached = context->attachments[i].source;

		attached.pasid = IOMMU_NO_PASID;
		if (same_source(attached, source))
			return STATUS_BUSY;
	}
	group = groups->group_of[member->function];
	if (--groups->joined[group] == 0)
		groups->owner[group] = NULL;
	*member = context->members[--context->member_count];
	return STATUS_OK;
}

/* ---- Routes. ---- */

/*
 * The ids of an attachment: of the function, and, where a source is itself the id that a bridge
 * puts in place of others (group_find()), that one first.
 */
static enum status aliases_of(const struct context *context, struct iommu_source source, unsigned function,
			      struct group_aliases *aliases)
{
	enum status status = group_aliases(context->groups->functions, function, aliases);

	if (!status && aliases->source[0].rid != source.rid)
		*aliases = (struct group_aliases){ .source = { source }, .count = 1 };
	for (unsigned i = 0; i < aliases->count; i++)
		aliases->source[i].pasid = source.pasid;
	return status;
}

/* Another attachment, than `self`, that has an id in its aliases; NULL: there is none. */
static const struct context_attachment *user_of(const struct context *context, struct iommu_source id,
						const struct context_attachment *self)
{
	for (unsigned i = 0; i < context->attachment_count; i++) {
		const struct context_attachment *other = &context->attachments[i];

		for (unsigned k = 0; other != self && k < other->aliases.count; k++)
			if (same_source(other->aliases.source[k], id))
				return other;
	}
	return NULL;
}

static struct iommu_route route_to(const struct hwpt *hwpt, bool quiet)
{
	struct iommu_route route = { .kind = IOMMU_BLOCK };

	if (hwpt)
		route = hwpt_route(hwpt);
	route.quiet = quiet;
	return route;
}

/* One change of routes: the same for every id. */
struct change {
	const struct context *context;
	const struct context_attachment *attachment;
	const struct hwpt *old;			/* NULL: blocked */
	bool old_quiet;
	const struct hwpt *hwpt;		/* NULL: to block */
	bool quiet;
};

/* An id that another attachment needs as it is. */
static bool is_shared(const struct change *change, unsigned i)
{
	return user_of(change->context, change->attachment->aliases.source[i],
		       change->attachment) != NULL;
}

/* Write the routes, or put back those that were written before one was refused. */
static enum status write_routes(const struct change *change)
{
	const struct group_aliases *aliases = &change->attachment->aliases;
	struct iommu *iommu = change->attachment->iommu;
	struct iommu_route route = route_to(change->hwpt, change->quiet);
	struct iommu_route before = route_to(change->old, change->old_quiet);
	enum status status = STATUS_OK, undone;
	unsigned i;

	for (i = 0; !status && i < aliases->count; i++)
		if (!is_shared(change, i))
			status = iommu->ops->set_route(iommu, aliases->source[i], &route);
	if (!status)
		return STATUS_OK;
	for (i--; i-- > 0;) {
		if (is_shared(change, i))
			continue;
		/* The unit had this route a moment ago. */
		undone = iommu->ops->set_route(iommu, aliases->source[i], &before);
		(void)undone;
	}
	return status;
}

/* Cached routes of every id, cached translations of the old tables, and the wait. */
static enum status invalidate_routes(const struct change *change, struct deadline deadline)
{
	const struct group_aliases *aliases = &change->attachment->aliases;
	struct iommu *iommu = change->attachment->iommu;
	struct iommu_invalidation what = {
		.scope = IOMMU_SCOPE_SOURCE,
		.domain_id = change->old ? change->old->domain_id : 0,
	};
	enum status status = STATUS_OK;

	for (unsigned i = 0; !status && i < aliases->count; i++) {
		what.source = aliases->source[i];
		if (!is_shared(change, i))
			status = iommu_queue(iommu, &what, deadline);
	}
	if (!status && change->old) {
		what.scope = IOMMU_SCOPE_DOMAIN;
		what.regime = change->old->regime;
		status = iommu_queue(iommu, &what, deadline);
	}
	return status ? status : iommu->ops->sync(iommu, deadline);
}

static enum status check_attach(struct context *context, struct iommu_source source,
				const struct hwpt *hwpt, unsigned flags)
{
	const struct context_member *member = find_member(context, source);

	if (flags & ~(unsigned)(CONTEXT_NO_INVALIDATE | CONTEXT_QUIET))
		return STATUS_BAD_ARGUMENT;
	if (!member)
		return STATUS_NOT_FOUND;
	if (hwpt->iommu != member->iommu)
		return STATUS_BAD_ARGUMENT;
	if (source.pasid != IOMMU_NO_PASID &&
	    (!hwpt->regime->pasid || (uint64_t)source.pasid >> member->iommu->caps.pasid_bits))
		return STATUS_UNSUPPORTED;
	if (hwpt->dirty_tracking && !hwpt->regime->dirty)
		return STATUS_UNSUPPORTED;
	return STATUS_OK;
}

/* Is an id of the attachment routed through other tables than `hwpt`, by another attachment? */
static bool conflicts(const struct context *context, const struct context_attachment *attachment,
		      const struct hwpt *hwpt)
{
	for (unsigned i = 0; i < attachment->aliases.count; i++) {
		const struct context_attachment *other =
			user_of(context, attachment->aliases.source[i], attachment);

		if (other && other->hwpt != hwpt)
			return true;
	}
	return false;
}

enum status context_attach(struct context *context, struct iommu_source source, struct hwpt *hwpt,
			   unsigned flags, struct deadline deadline)
{
	struct context_attachment *attachment = &context->attachments[context->attachment_count];
	struct change change = { .context = context, .attachment = attachment, .hwpt = hwpt };
	enum status status = check_attach(context, source, hwpt, flags);
	const struct context_member *member = find_member(context, source);

	if (status)
		return status;
	if (find_attachment(context, source))
		return STATUS_BUSY;
	if (context->attachment_count == CONTEXT_ATTACHMENTS_MAX)
		return STATUS_EXHAUSTED;
	*attachment = (struct context_attachment){
		.iommu = member->iommu,
		.source = source,
		.function = member->function,
		.hwpt = hwpt,
		.quiet = flags & CONTEXT_QUIET,
	};
	change.quiet = attachment->quiet;
	status = aliases_of(context, source, member->function, &attachment->aliases);
	if (!status && conflicts(context, attachment, hwpt))
		status = STATUS_BUSY;
	if (!status)
		status = hwpt_add_user(hwpt, source);
	if (status)
		return status;
	status = write_routes(&change);
	if (status) {
		hwpt_drop_user(hwpt, source);
		return status;
	}
	context->attachment_count++;
	return flags & CONTEXT_NO_INVALIDATE ? STATUS_OK : invalidate_routes(&change, deadline);
}

enum status context_replace(struct context *context, struct iommu_source source, struct hwpt *hwpt,
			    unsigned flags, struct deadline deadline)
{
	struct context_attachment *attachment = find_attachment(context, source);
	enum status status = check_attach(context, source, hwpt, flags);
	struct change change = { .context = context, .attachment = attachment, .hwpt = hwpt };

	if (status)
		return status;
	if (!attachment)
		return STATUS_NOT_FOUND;
	if (conflicts(context, attachment, hwpt))
		return STATUS_BUSY;
	status = hwpt_add_user(hwpt, source);
	if (status)
		return status;
	change.old = attachment->hwpt;
	change.old_quiet = attachment->quiet;
	change.quiet = flags & CONTEXT_QUIET;
	status = write_routes(&change);
	if (status) {
		hwpt_drop_user(hwpt, source);
		return status;
	}
	hwpt_drop_user(attachment->hwpt, source);
	attachment->hwpt = hwpt;
	attachment->quiet = change.quiet;
	return flags & CONTEXT_NO_INVALIDATE ? STATUS_OK : invalidate_routes(&change, deadline);
}

enum status context_detach(struct context *context, struct iommu_source source, unsigned flags,
			   struct deadline deadline)
{
	struct context_attachment *attachment = find_attachment(context, source);
	struct change change = { .context = context, .attachment = attachment };
	enum status status;

	if (flags & ~(unsigned)CONTEXT_NO_INVALIDATE)
		return STATUS_BAD_ARGUMENT;
	if (!attachment)
		return STATUS_NOT_FOUND;
	change.old = attachment->hwpt;
	change.old_quiet = attachment->quiet;
	status = write_routes(&change);
	if (status)
		return status;
	if (!(flags & CONTEXT_NO_INVALIDATE))
		status = invalidate_routes(&change, deadline);
	hwpt_drop_user(attachment->hwpt, source);
	*attachment = context->attachments[--context->attachment_count];
	return status;
}

enum status context_close(struct context *context, struct deadline deadline)
{
	enum status first_failure = STATUS_OK, status;

	for (unsigned i = context->attachment_count; i-- > 0;) {
		status = context_detach(context, context->attachments[i].source, 0, deadline);
		first_failure = first_failure ? first_failure : status;
	}
	for (unsigned i = context->member_count; i-- > 0;) {
		status = context_leave(context, context->members[i].source);
		first_failure = first_failure ? first_failure : status;
	}
	return first_failure;
}
