-- Workers serve organizations in turn. Within a priority this index finds the next organization
-- that has open chunks, and the next chunk of that organization, in one step each.
-- The index job_chunk_waiting stays for workers of the version before; a later migration drops it.

create index job_chunk_turn
  on job_chunk (priority, organization_id, run_after, job_id, number)
  where state in ('queued', 'running');
